using System.Globalization;
using System.Text;

namespace Capstan.Bench.Model;

/// <summary>The answers of the scripted model, as the bytes that go out: nothing is formatted while a server is measured.</summary>
internal static class ModelScript
{
    /// <summary>Precedes the number of deltas in a prompt's text.</summary>
    public const string DeltasMarker = "deltas=";

    /// <summary>Precedes the number of turns that wait for each other in a prompt's text.</summary>
    public const string TogetherMarker = "together=";

    /// <summary>Precedes the number of deltas of a kilobyte in a prompt's text.</summary>
    public const string KilobytesMarker = "kilobytes=";

    /// <summary>In a prompt's text: one delta, and then nothing more.</summary>
    public const string Silent = "silent=1";

    /// <summary>In a prompt's text: a call of the bash tool that takes five minutes.</summary>
    public const string Command = "command=1";

    /// <summary>The most deltas that a prompt may ask for.</summary>
    public const int MaximumDeltas = 400;

    private const int MaximumKilobytes = 64 * 1024;
    private const int MaximumTogether = 100_000;

    /// <summary>What every generated title says.</summary>
    private const string Title = "Bench";

    private static readonly string Kilobyte = string.Concat(Enumerable.Repeat("lorem ipsum dolor ", 57))[..1024];

    private static readonly byte[]?[] Answers = new byte[]?[MaximumDeltas + 1];

    private static readonly byte[] TitleStream = Stream([Title]);

    private static readonly byte[] TitleBody = Encoding.UTF8.GetBytes(
        $$$"""{"id":"bench","object":"chat.completion","created":0,"model":"echo","choices":[{"index":0,"message":{"role":"assistant","content":"{{{Title}}}"},"finish_reason":"stop"}],"usage":{"prompt_tokens":10,"completion_tokens":1,"total_tokens":11}}""");

    private static readonly byte[] FirstDelta = Encoding.UTF8.GetBytes(Chunk("""{"role":"assistant","content":"well, "}""", "null"));

    private static readonly byte[] CommandCall = Encoding.UTF8.GetBytes(
        Chunk(
            """{"role":"assistant","tool_calls":[{"index":0,"id":"call_1","type":"function","function":{"name":"bash","arguments":"{\"command\":\"sleep 300\",\"description\":\"Sleeps\"}"}}]}""",
            "null")
        + Chunk("{}", "\"tool_calls\"") + "data: [DONE]\n\n");

    /// <summary>The text of one delta; the last one of a turn shows that the answer is whole.</summary>
    public static string Delta(int index) => string.Create(CultureInfo.InvariantCulture, $"d{index} ");

    /// <summary>
    /// Chooses the answer to a request. A request without tools is for a title; any other gets the number of deltas that the
    /// newest prompt names.
    /// </summary>
    public static ModelAnswer Answer(ReadOnlySpan<byte> request)
    {
        if (request.IndexOf("\"stream\":true"u8) < 0)
            return new ModelAnswer(TitleBody, "application/json");
        var isSilent = request.IndexOf("\"tools\":["u8) >= 0 && request.IndexOf("silent=1"u8) >= 0;
        return new ModelAnswer(Choose(request), "text/event-stream")
        {
            StaysOpen = isSilent,
            Together = AskedFor(request, "together="u8, MaximumTogether) ?? 0,
        };
    }

    private static ReadOnlyMemory<byte> Choose(ReadOnlySpan<byte> request)
    {
        if (request.IndexOf("\"tools\":["u8) < 0)
            return TitleStream;
        if (request.IndexOf("silent=1"u8) >= 0)
            return FirstDelta;
        if (request.IndexOf("command=1"u8) >= 0)
            return CommandCall;
        if (AskedFor(request, "kilobytes="u8, MaximumKilobytes) is { } kilobytes)
            return Stream(Enumerable.Repeat(Kilobyte, kilobytes));
        return Deltas(Math.Max(1, AskedFor(request, "deltas="u8, MaximumDeltas) ?? 1));
    }

    private static int? AskedFor(ReadOnlySpan<byte> request, ReadOnlySpan<byte> marker, int maximum)
    {
        var at = request.LastIndexOf(marker);
        if (at < 0)
            return null;
        var count = 0;
        foreach (var digit in request[(at + marker.Length)..])
        {
            if (digit is < (byte)'0' or > (byte)'9' || count > maximum)
                break;
            count = count * 10 + (digit - '0');
        }

        return Math.Min(count, maximum);
    }

    private static byte[] Deltas(int count) =>
        Answers[count] ??= Stream([.. Enumerable.Range(0, count).Select(Delta)]);

    private static byte[] Stream(IEnumerable<string> deltas)
    {
        var text = new StringBuilder();
        var count = 0;
        foreach (var delta in deltas)
        {
            count++;
            text.Append(Chunk($$"""{"role":"assistant","content":"{{delta}}"}""", "null"));
        }

        text.Append(Chunk("{}", "\"stop\""));
        text.Append(CultureInfo.InvariantCulture,
            $$$"""data: {"id":"bench","object":"chat.completion.chunk","created":0,"model":"echo","choices":[],"usage":{"prompt_tokens":10,"completion_tokens":{{{count}}},"total_tokens":{{{count + 10}}}}}""");
        text.Append("\n\ndata: [DONE]\n\n");
        return Encoding.UTF8.GetBytes(text.ToString());
    }

    private static string Chunk(string delta, string finish) =>
        "data: {\"id\":\"bench\",\"object\":\"chat.completion.chunk\",\"created\":0,\"model\":\"echo\","
        + $"\"choices\":[{{\"index\":0,\"delta\":{delta},\"finish_reason\":{finish}}}]}}\n\n";
}
