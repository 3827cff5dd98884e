using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Capstan.Testing.Models;
using Capstan.Testing.Servers;
using Capstan.Testing.Workspaces;
using Xunit;

namespace Capstan.Server.Tests.FirstMinutes;

/// <summary>R13: the log says in a line each what happened, and never what was said.</summary>
public sealed class LogTests
{
    private const string Secret = "hunter2-said-in-the-prompt";

    private static readonly ScriptedModelOptions Touch = new()
    {
        Scripts =
        [
            new("touch", [ModelStep.Call("bash", """{"command":"touch made","description":"touch"}"""), ModelStep.Say("done, the word is hunter3")]),
            new("fails", [new() { Http = 400 }]),
        ],
    };

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_turn_leaves_a_line_for_each_model_call_tool_call_and_permission_and_one_for_itself()
    {
        var (lines, server, session) = await RunAsync([]);

        // The program writes it beside everything else; told to stop, it has written all of it.
        Assert.Matches($@"^\S+Z INFO  153 Session {session} waits for a person: bash, request per_\w+\.$", lines.Single(static line => line.Contains(" 153 ", StringComparison.Ordinal)));
        Assert.Matches($@" INFO  154 Permission of {session}: bash, request per_\w+, answer once after [\d.]+ s\.$", lines.Single(static line => line.Contains(" 154 ", StringComparison.Ordinal)));
        Assert.Matches($@" INFO  152 Tool call of {session}: bash, completed in [\d.]+ s, call_\w+\.$", lines.Single(static line => line.Contains(" 152 ", StringComparison.Ordinal)));
        var calls = lines.Where(static line => line.Contains(" 151 ", StringComparison.Ordinal)).ToList();
        Assert.Equal(2, calls.Count);
        Assert.Matches($@" INFO  151 Model call of {session}: fake/echo, tool-calls in [\d.]+ s, first chunk after [\d.]+ s, tokens 100 in, 20 out\.$", calls[0]);
        Assert.Matches($@" INFO  158 Model call of {session}: fake/echo, APIError in [\d.]+ s, without an answer\.$", lines.Single(static line => line.Contains(" 158 ", StringComparison.Ordinal)));
        var turns = lines.Where(static line => line.Contains(" 150 ", StringComparison.Ordinal)).ToList();
        Assert.Matches($@" INFO  150 Turn of {session} completed in [\d.]+ s: agent build, model fake/echo, steps 2, tokens 200 in, 40 out\.$", turns[0]);
        Assert.Matches($@" INFO  150 Turn of {session} failed in [\d.]+ s: agent build, model fake/echo, steps 1, tokens 0 in, 0 out\.$", turns[1]);
        Assert.Matches($@" INFO  156 Prompt for {session} refused \(Invalid\): Agent not found: ""nobody""\.", lines.Single(static line => line.Contains(" 156 ", StringComparison.Ordinal)));
        Assert.Contains(lines, static line => line.Contains(" 300 Capstan ", StringComparison.Ordinal));
        Assert.Contains(lines, static line => line.Contains(" 302 Stopped.", StringComparison.Ordinal));
        Assert.DoesNotContain(Secret, string.Join('\n', lines), StringComparison.Ordinal);
        Assert.DoesNotContain("hunter3", string.Join('\n', lines), StringComparison.Ordinal);
        Assert.DoesNotContain("touch made", string.Join('\n', lines), StringComparison.Ordinal);
        // The terminal is left to what needs somebody.
        Assert.DoesNotContain("INFO", server.Output, StringComparison.Ordinal);
        Assert.Contains($"log: {server.Data}/log/capstan.log", server.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_model_call_that_failed_leaves_why_and_until_when_it_is_waited()
    {
        var (lines, server, session) = await FailOnceAsync([]);

        Assert.Matches($@" WARN  111 The model call of session {session} failed \(attempt 1\): .+", lines.Single(static line => line.Contains(" 111 ", StringComparison.Ordinal)));
        Assert.Matches($@" INFO  159 Session {session} waits until \S+ to ask its model again\.$", lines.Single(static line => line.Contains(" 159 ", StringComparison.Ordinal)));
        // What needs somebody is on the terminal as well.
        Assert.Contains($" WARN  111 The model call of session {session}", server.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Times_in_JSON_are_written_as_JSON_writes_them()
    {
        var (lines, _, _) = await FailOnceAsync(["--log-format", "json"]);

        var entries = lines.Where(static line => line.Length > 0).Select(static line => JsonElement.Parse(line)).ToList();
        var next = entries.Single(static entry => entry.GetProperty("event").GetInt32() == 159).GetProperty("next").GetString()!;
        Assert.Matches(@"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$", next);
        Assert.All(entries, static entry => Assert.EndsWith("Z", entry.GetProperty("time").GetString(), StringComparison.Ordinal));
    }

    /// <summary>A turn whose first model call fails and whose second does not, and a stop.</summary>
    private static async Task<(string[] Lines, CapstanProcess Server, string Session)> FailOnceAsync(string[] arguments)
    {
        await using var model = await ScriptedModel.StartAsync(
            new() { Scripts = [new("flaky", [ModelStep.Say("done") with { FailFirst = 1, Http = 503 }])] }, Cancelled);
        using var workspace = await TestWorkspace.CreateAsync(
            model.Url,
            new() { Configure = static configuration => configuration["capstan"] = JsonNode.Parse("""{"turns":{"retryDelay":1}}""") },
            Cancelled);
        await using var server = await CapstanProcess.StartAsync(workspace.Directory, new() { Arguments = arguments }, Cancelled);
        var session = await server.CreateSessionAsync(cancellationToken: Cancelled);

        await server.PromptAsync(session, "[script:flaky]", Cancelled);
        server.Send(ProcessSignal.Terminate);
        await server.EndedAsync(Cancelled);

        return (server.ReadLog().Split('\n'), server, session);
    }

    [Fact]
    public async Task As_JSON_each_line_is_an_object_with_the_fields_of_the_entry()
    {
        var (lines, _, session) = await RunAsync(["--log-format", "json"]);

        var turn = lines.Select(static line => JsonElement.Parse(line)).First(static line => line.GetProperty("event").GetInt32() == 150);
        Assert.Equal(("INFO", "TurnEnded"), (turn.GetProperty("level").GetString(), turn.GetProperty("name").GetString()));
        Assert.Equal((session, "build", "fake/echo"), (turn.GetProperty("sessionID").GetString(), turn.GetProperty("agent").GetString(), turn.GetProperty("model").GetString()));
        Assert.Equal((2, 200, 40), (turn.GetProperty("steps").GetInt32(), turn.GetProperty("inputTokens").GetInt64(), turn.GetProperty("outputTokens").GetInt64()));
        Assert.Equal("completed", turn.GetProperty("outcome").GetString());
        Assert.True(turn.GetProperty("seconds").GetDouble() >= 0);
    }

    [Fact]
    public async Task With_print_logs_it_is_on_standard_error_and_there_is_no_file()
    {
        var (lines, server, _) = await RunAsync(["--print-logs"]);

        Assert.Equal([""], lines);
        Assert.Contains(" INFO  150 Turn of ", server.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("log: ", server.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("DEBUG", true, true)]
    [InlineData("information", false, true)]
    [InlineData("WARN", false, false)]
    [InlineData("Error", false, false)]
    public async Task The_level_chooses_what_is_logged(string level, bool hasDebug, bool hasInfo)
    {
        var (lines, _, _) = await RunAsync(["--log-level", level]);

        Assert.Equal(hasDebug, lines.Any(static line => line.Contains("Z DEBUG 157 ", StringComparison.Ordinal)));
        Assert.Equal(hasInfo, lines.Any(static line => line.Contains("Z INFO  150 ", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task A_wrong_password_is_in_the_log_without_what_was_tried()
    {
        using var workspace = await TestWorkspace.CreateAsync(model: null, cancellationToken: Cancelled);
        await using var server = await CapstanProcess.StartAsync(
            workspace.Directory,
            new() { Variables = new Dictionary<string, string> { ["OPENCODE_SERVER_PASSWORD"] = "open sesame" } },
            Cancelled);

        await server.AskAsync(HttpMethod.Get, "/session?auth_token=d3JvbmctdHJ5", cancellationToken: Cancelled);
        server.Send(ProcessSignal.Terminate);
        await server.EndedAsync(Cancelled);

        var log = server.ReadLog();
        Assert.Contains("GET /session refused with 401: no password, or a wrong one", log, StringComparison.Ordinal);
        Assert.DoesNotContain("d3JvbmctdHJ5", log, StringComparison.Ordinal);
        Assert.DoesNotContain("open sesame", log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_a_client_names_makes_no_lines_of_its_own_and_moves_no_cursor()
    {
        using var workspace = await TestWorkspace.CreateAsync(model: null, cancellationToken: Cancelled);
        await using var server = await CapstanProcess.StartAsync(workspace.Directory, Cancelled);
        var session = await server.CreateSessionAsync(cancellationToken: Cancelled);

        await server.AskAsync(
            HttpMethod.Post,
            $"/session/{session}/message",
            """{"agent":"x\n2026-01-01T00:00:00.000Z ERROR 110 forged \u001b[2J","parts":[{"type":"text","text":"hello"}]}""",
            Cancelled);
        server.Send(ProcessSignal.Terminate);
        await server.EndedAsync(Cancelled);

        Assert.Single(server.ReadLog().Split('\n'), static line => line.Contains(" 156 ", StringComparison.Ordinal) && line.Contains("forged", StringComparison.Ordinal));
        Assert.DoesNotContain('\u001b', server.ReadLog());
    }

    [Fact]
    public async Task A_standard_error_that_nobody_reads_does_not_stop_the_server()
    {
        using var workspace = await TestWorkspace.CreateAsync(model: null, cancellationToken: Cancelled);
        await using var server = await CapstanProcess.StartAsync(
            workspace.Directory, new() { Arguments = ["--print-logs", "--log-level", "DEBUG"], IsSilent = true }, Cancelled);

        // A pipe holds 64 KiB; each of these is refused with a line of some 200 bytes.
        for (var i = 0; i < 1_000; i++)
            await server.AskAsync(HttpMethod.Post, "/session/ses_none/message", """{"parts":[{"type":"text","text":"hello"}]}""", Cancelled);

        Assert.True((await server.GetAsync("/global/health", Cancelled)).GetProperty("healthy").GetBoolean());
    }

    [Fact]
    public async Task A_full_log_is_put_aside_and_the_oldest_goes()
    {
        using var workspace = await TestWorkspace.CreateAsync(model: null, cancellationToken: Cancelled);
        await using var server = await CapstanProcess.StartAsync(workspace.Directory, Cancelled);
        await server.KillAsync(Cancelled);
        var folder = Directory.CreateDirectory(Path.Combine(server.Data, "log")).FullName;
        File.WriteAllText(Path.Combine(folder, "capstan.log"), new string('x', 10 << 20));
        for (var i = 1; i <= 4; i++)
            File.WriteAllText(Path.Combine(folder, $"capstan.{i}.log"), $"{i}");

        await server.StartAsync(Cancelled);
        server.Send(ProcessSignal.Terminate);
        await server.EndedAsync(Cancelled);

        Assert.Equal(5, Directory.GetFiles(folder).Length);
        Assert.True(new FileInfo(Path.Combine(folder, "capstan.1.log")).Length >= 10 << 20);
        Assert.Equal("3", File.ReadAllText(Path.Combine(folder, "capstan.4.log")));
        Assert.Contains("Stopped.", server.ReadLog(), StringComparison.Ordinal);
    }

    /// <summary>A turn that asks for a permission, one that fails, a prompt that is refused, and a stop.</summary>
    private static async Task<(string[] Lines, CapstanProcess Server, string Session)> RunAsync(string[] arguments)
    {
        await using var model = await ScriptedModel.StartAsync(Touch, Cancelled);
        using var workspace = await TestWorkspace.CreateAsync(model.Url, new() { Permission = """{"bash":"ask"}""" }, Cancelled);
        await using var server = await CapstanProcess.StartAsync(workspace.Directory, new() { Arguments = arguments }, Cancelled);
        await using var events = await server.OpenEventsAsync(Cancelled);
        var session = await server.CreateSessionAsync(cancellationToken: Cancelled);

        await server.PromptWithoutWaitingAsync(session, $"[script:touch] {Secret}", Cancelled);
        var request = (await events.UntilAsync("permission.asked")).Properties.GetProperty("id").GetString()!;
        await server.ReplyAsync(request, "once", cancellationToken: Cancelled);
        await events.UntilAsync("session.idle", session);
        await server.PromptAsync(session, "[script:fails]", Cancelled);
        await server.AskAsync(
            HttpMethod.Post, $"/session/{session}/message", $$"""{"agent":"nobody","parts":[{"type":"text","text":"{{Secret}}"}]}""", Cancelled);
        await server.AskAsync(HttpMethod.Post, $"/session/{session}/message", $$"""{"parts":"{{Secret}}"}""", Cancelled);
        server.Send(ProcessSignal.Terminate);
        await server.EndedAsync(Cancelled);

        return (Regex.Split(server.ReadLog().TrimEnd('\n'), "\n"), server, session);
    }
}
