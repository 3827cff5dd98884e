using System.Net.Http.Headers;
using System.Text;
using Capstan.Bench.Model;

namespace Capstan.Bench.Client;

/// <summary>The body of a prompt, made once and sent many times.</summary>
internal sealed class PromptBody
{
    private readonly byte[] _bytes;

    private PromptBody(string json, string? lastDelta)
    {
        _bytes = Encoding.UTF8.GetBytes(json);
        LastDelta = lastDelta is null ? null : Encoding.UTF8.GetBytes(lastDelta);
    }

    /// <summary>Text that the whole answer must hold; null where it is not looked at.</summary>
    public byte[]? LastDelta { get; }

    /// <summary>A prompt that the model answers with <paramref name="deltas"/> deltas, at least two.</summary>
    public static PromptBody Turn(int deltas) =>
        new(Json($"Answer this with {ModelScript.DeltasMarker}{deltas}", noReply: false),
            ModelScript.Delta(deltas - 2) + ModelScript.Delta(deltas - 1).TrimEnd());

    /// <summary>The same, but the model waits after the first deltas until so many turns of this kind have got them.</summary>
    public static PromptBody TurnTogether(int deltas, int turns) =>
        new(Json($"Answer this with {ModelScript.TogetherMarker}{turns} and {ModelScript.DeltasMarker}{deltas}", noReply: false), null);

    /// <summary>A prompt that the model answers with so many deltas of a kilobyte.</summary>
    public static PromptBody LongTurn(int kilobytes) =>
        new(Json($"Answer this with {ModelScript.KilobytesMarker}{kilobytes}", noReply: false), null);

    /// <summary>A prompt that the model begins to answer and never ends.</summary>
    public static PromptBody Silence() => new(Json($"Think about this: {ModelScript.Silent}", noReply: false), null);

    /// <summary>A prompt that the model answers with a command that takes minutes.</summary>
    public static PromptBody Command() => new(Json($"Run this: {ModelScript.Command}", noReply: false), null);

    /// <summary>A message of 240 characters that starts no turn.</summary>
    public static PromptBody Injection() => new(Json(string.Join(' ', Enumerable.Repeat("something to remember", 11)), noReply: true), null);

    /// <summary>A request content over the same bytes.</summary>
    public ByteArrayContent Content() =>
        new(_bytes) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } };

    private static string Json(string text, bool noReply) =>
        $$$"""{"model":{"providerID":"fake","modelID":"echo"},{{{(noReply ? "\"noReply\":true," : "")}}}"parts":[{"type":"text","text":"{{{text}}}"}]}""";
}
