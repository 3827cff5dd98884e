using System.Text.Json;
using System.Text.RegularExpressions;
using Capstan.Server.Tests.Rules;
using Capstan.Testing.Models;
using Xunit;

namespace Capstan.Server.Tests.Faults;

/// <summary>The commands that the model asks for while the server is killed, and what must be true of them afterwards.</summary>
internal static partial class KillCommands
{
    /// <summary>The file that each command adds a line to: its prompt's name.</summary>
    public const string Effects = "effects.log";

    /// <summary>The file that lets long commands end; without it they take five minutes.</summary>
    public const string Over = "over";

    /// <summary>A prompt that makes the model call a command: "effect" for one that ends, "long" for one that does not.</summary>
    public static string Prompt(string script, string id) => $"[script:{script}] as {id}";

    /// <summary>What the model answers.</summary>
    public static ModelStep? Respond(ModelCall call)
    {
        if (call.Step > 0 || call.Script is not ("effect" or "long"))
            return null;
        // Others may have been said after it.
        var id = PromptPattern().Match(call.Body.GetProperty("messages").GetRawText()).Groups[1].Value;
        var command = $"echo {id} >> {Effects}";
        if (call.Script == "long")
            command += $"; setsid sleep 300 & for i in $(seq 1500); do test -e {Over} && break; sleep 0.2; done";
        return ModelStep.Call("bash", JsonSerializer.Serialize(new Dictionary<string, string> { ["command"] = command }));
    }

    /// <summary>
    /// No prompt has begun its command twice; what was told to have been done was done, what was told not to have been was not.
    /// </summary>
    public static void RequireOnce(IEnumerable<JsonElement> messages, IReadOnlyCollection<string> effects)
    {
        var begun = new Dictionary<string, int>();
        foreach (var (part, state) in Calls(messages))
        {
            if (CommandPattern().Match(state.GetRawText()) is not { Success: true } match)
                continue;
            var id = match.Groups[1].Value;
            if (Status(state) == "completed" && state.GetProperty("metadata").GetProperty("exit").ValueKind == JsonValueKind.Number)
                Assert.True(effects.Contains(id), $"told done, and not done: {part}");
            begun[id] = begun.GetValueOrDefault(id) + (HasBegun(state) ? 1 : 0);
        }

        foreach (var (id, times) in begun)
        {
            Assert.True(times <= 1, $"{id} was begun {times} times");
            Assert.False(times == 0 && effects.Contains(id), $"{id} was told not to have been done, and was");
        }
    }

    /// <summary>The model was shown the end of every call that a kill interrupted, and that its outcome is unknown where it is.</summary>
    /// <returns>How many calls ended with their outcome unknown.</returns>
    public static int RequireTold(IEnumerable<JsonElement> messages, ScriptedModel model, string session)
    {
        var last = model.Turns.Last(call => call.Headers["x-session-id"] == session);
        var shown = last.Body.GetProperty("messages").EnumerateArray()
            .Where(static message => message.GetProperty("role").GetString() == "tool")
            .ToDictionary(
                static message => message.GetProperty("tool_call_id").GetString()!,
                static message => message.GetProperty("content").GetRawText());
        var unknown = 0;
        foreach (var (part, state) in Calls(messages))
        {
            if (Status(state) != "error" || !state.GetProperty("error").GetString()!.StartsWith("The server stopped", StringComparison.Ordinal))
                continue;
            var outcome = HasBegun(state) ? "whether it did is not known" : "It had not taken effect.";
            Assert.Contains(outcome, shown[part.GetProperty("callID").GetString()!], StringComparison.Ordinal);
            unknown += HasBegun(state) ? 1 : 0;
        }

        return unknown;
    }

    private static IEnumerable<(JsonElement Part, JsonElement State)> Calls(IEnumerable<JsonElement> messages) =>
        Conversation.Answers(messages)
            .SelectMany(static message => message.GetProperty("parts").EnumerateArray())
            .Where(static part => part.GetProperty("type").GetString() == "tool")
            .Select(static part => (part, part.GetProperty("state")));

    private static string? Status(JsonElement state) => state.GetProperty("status").GetString();

    private static bool HasBegun(JsonElement state) =>
        Status(state) == "completed"
        || state.GetProperty("error").GetString() is { } error
            && (error.Contains("It had begun", StringComparison.Ordinal) || error == "Tool execution aborted");

    [GeneratedRegex(@"\[script:[a-z]+\] as (msg_\d+_\d+)", RegexOptions.RightToLeft)]
    private static partial Regex PromptPattern();

    [GeneratedRegex(@"echo (msg_\d+_\d+) ")]
    private static partial Regex CommandPattern();
}
