using Capstan.Contract;
using Capstan.Engine.Storage;
using Microsoft.Extensions.AI;

namespace Capstan.Engine.Turns;

/// <summary>
/// What the model sees of a session: each step reads only what has been added since the last. One turn at a time uses it, and
/// <see cref="ModelContexts"/> keeps it in between.
/// </summary>
internal sealed class ModelContext(IStore store, string sessionID)
{
    // What a message costs beside its text: its objects, and its place in the list.
    private const int MessageOverhead = 256;

    private readonly List<ChatMessage> _messages = [];
    private ModelInfo? _reader;
    private long _read;
    private (string PromptID, string Agent)? _lastAnswer;

    /// <summary>Its session.</summary>
    public string SessionID => sessionID;

    /// <summary>About how many bytes it takes.</summary>
    public long Bytes { get; private set; }

    /// <summary>The history up to a message that is just being written.</summary>
    /// <param name="openMessageID">The message that is being written; it and all after it are left out.</param>
    /// <param name="model">The model that will read it.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<IReadOnlyList<ChatMessage>> ReadAsync(
        string openMessageID, ModelInfo model, CancellationToken cancellationToken)
    {
        // A prompt that joins the turn may ask another model. What the one before was sent, its own reasoning, is not for the new one.
        if (_reader is not null && !ModelHistory.IsSame(_reader, model))
        {
            _messages.Clear();
            _read = 0;
            _lastAnswer = null;
            Bytes = 0;
        }

        _reader = model;
        foreach (var row in await store.ReadContextAsync(sessionID, _read, cancellationToken))
        {
            if (row.ID == openMessageID)
                break;
            _read = row.Context!.Value;
            var info = row.ReadInfo();
            if (info is AssistantMessage { Error: null } answer)
                _lastAnswer = (answer.ParentID, answer.Agent);
            ModelHistory.Append(_messages, info, row.ReadParts(), model);
            // Stored as UTF-8, held as UTF-16.
            Bytes += MessageOverhead + (2L * row.Parts.Sum(static part => part.Length));
        }

        return _messages;
    }

    /// <summary>The agent that answered the prompt before this one, if one did.</summary>
    public string? AgentBefore(UserMessage prompt) => _lastAnswer is { } answer && answer.PromptID != prompt.ID ? answer.Agent : null;
}
