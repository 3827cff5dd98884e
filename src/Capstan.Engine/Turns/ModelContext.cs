using Capstan.Contract;
using Capstan.Engine.Storage;
using Microsoft.Extensions.AI;

namespace Capstan.Engine.Turns;

/// <summary>
/// The history of one session as a model is sent it. Each step reads from the store only the messages that were added since the
/// last step. One turn at a time uses a context; <see cref="ModelContexts"/> keeps it between turns.
/// </summary>
internal sealed class ModelContext(IStore store, string sessionID)
{
    // The bytes of memory that a message takes besides its text, for its objects and its place in the list.
    private const int MessageOverhead = 256;

    private readonly List<ChatMessage> _messages = [];
    private ModelInfo? _reader;
    private long _read;
    private (string PromptID, string Agent)? _lastAnswer;

    /// <summary>The session whose history this is.</summary>
    public string SessionID => sessionID;

    /// <summary>About how many bytes of memory the context takes.</summary>
    public long Bytes { get; private set; }

    /// <summary>Reads the messages that were added, and returns the history up to the message that is being written.</summary>
    /// <param name="openMessageID">The message that is being written. This message and all later ones are left out.</param>
    /// <param name="model">The model that is sent the history.</param>
    /// <param name="cancellationToken">Gives up reading.</param>
    public async Task<IReadOnlyList<ChatMessage>> ReadAsync(
        string openMessageID, ModelInfo model, CancellationToken cancellationToken)
    {
        // A prompt that joins the turn may name another model. The history is then built anew, because it holds the earlier
        // model's own reasoning, which is sent to no other model.
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
            var info = row.ReadInfo();
            if (info is AssistantMessage { Error: null } answer)
                _lastAnswer = (answer.ParentID, answer.Agent);
            ModelHistory.Append(_messages, info, row.ReadParts(), model);
            // Parts are stored as UTF-8, and held in memory as UTF-16 and as the UTF-8 that was sent.
            Bytes += MessageOverhead + (3L * row.Parts.Sum(static part => part.Length));
            // Set last: where a message cannot be read, the next turn must read the same message again and not skip it.
            _read = row.Context!.Value;
        }

        return _messages;
    }

    /// <summary>
    /// The agent of the newest answer without an error, where that answer belongs to another prompt than this one; null
    /// otherwise.
    /// </summary>
    public string? AgentBefore(UserMessage prompt) => _lastAnswer is { } answer && answer.PromptID != prompt.ID ? answer.Agent : null;
}
