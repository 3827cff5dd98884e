using System.Text.Json;
using Capstan.Testing.Models;
using Capstan.Testing.Servers;
using Capstan.Testing.Streams;
using Xunit;

namespace Capstan.Server.Tests.Rules;

/// <summary>What the rules say of a session's messages.</summary>
internal static class Conversation
{
    /// <summary>Waits until no session of the workspace is busy. The stream was opened before.</summary>
    public static async Task UntilIdleAsync(ServerUnderTest server, SseReader events, CancellationToken cancellationToken)
    {
        // A session that is busy now becomes idle later, so that its event is still to come.
        for (var ends = 0; (await server.StatusAsync(cancellationToken)).EnumerateObject().Any(); ends++)
        {
            Assert.InRange(ends, 0, 10_000);
            await events.UntilAsync("session.idle");
        }
    }

    /// <summary>The identifiers of the user messages.</summary>
    public static IReadOnlyList<string> Prompts(IEnumerable<JsonElement> messages) =>
        [.. messages.Where(static message => Role(message) == "user").Select(ID)];

    /// <summary>The assistant messages.</summary>
    public static IReadOnlyList<JsonElement> Answers(IEnumerable<JsonElement> messages) =>
        [.. messages.Where(static message => Role(message) == "assistant")];

    /// <summary>No assistant message is open, and no part of one.</summary>
    public static void RequireClosed(IEnumerable<JsonElement> messages)
    {
        foreach (var message in Answers(messages))
        {
            Assert.True(message.GetProperty("info").GetProperty("time").TryGetProperty("completed", out _), $"open: {message}");
            foreach (var part in message.GetProperty("parts").EnumerateArray())
            {
                if (part.TryGetProperty("state", out var state))
                    Assert.True(state.GetProperty("status").GetString() is "completed" or "error", $"not settled: {part}");
                else if (part.TryGetProperty("time", out var time))
                    Assert.True(time.TryGetProperty("end", out _), $"open: {part}");
            }
        }
    }

    /// <summary>Each prompt has become part of a turn: an answer names it, or the model was shown it in a step that was answered.</summary>
    public static void RequireAnswered(IReadOnlyList<JsonElement> messages, ScriptedModel model)
    {
        var parents = Answers(messages).Select(static message => message.GetProperty("info").GetProperty("parentID").GetString()).ToHashSet();
        var shown = new HashSet<string>();
        foreach (var call in model.Turns)
        {
            if (call.Ended is not { IsCompletedSuccessfully: true, Result: ModelCallEnd.Finished })
                continue;
            foreach (var message in call.Body.GetProperty("messages").EnumerateArray())
                shown.UnionWith(Texts(message.GetProperty("content")));
        }

        foreach (var prompt in messages.Where(static message => Role(message) == "user"))
        {
            var text = prompt.GetProperty("parts")[0].GetProperty("text").GetString()!;
            Assert.True(parents.Contains(ID(prompt)) || shown.Contains(text), $"never answered: {prompt}");
        }
    }

    /// <summary>The name of an answer's error; null where it has none.</summary>
    public static string? Error(JsonElement message) =>
        message.GetProperty("info").TryGetProperty("error", out var error) ? error.GetProperty("name").GetString() : null;

    /// <summary>The text of an answer.</summary>
    public static string Text(JsonElement message) => string.Concat(message.GetProperty("parts").EnumerateArray()
        .Where(static part => part.GetProperty("type").GetString() == "text")
        .Select(static part => part.GetProperty("text").GetString()));

    /// <summary>A message's identifier.</summary>
    public static string ID(JsonElement message) => message.GetProperty("info").GetProperty("id").GetString()!;

    private static string Role(JsonElement message) => message.GetProperty("info").GetProperty("role").GetString()!;

    private static IEnumerable<string> Texts(JsonElement content) => content.ValueKind switch
    {
        JsonValueKind.String => [content.GetString()!],
        JsonValueKind.Array => content.EnumerateArray()
            .Where(static item => item.TryGetProperty("text", out _)).Select(static item => item.GetProperty("text").GetString()!),
        _ => [],
    };
}
