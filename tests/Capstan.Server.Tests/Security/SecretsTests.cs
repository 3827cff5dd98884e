using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using Capstan.Testing.Models;
using Capstan.Testing.Servers;
using Capstan.Testing.Workspaces;
using Xunit;

namespace Capstan.Server.Tests.Security;

/// <summary>Keys and passwords on their way through a whole server: they go where they belong, and nowhere else.</summary>
public sealed class SecretsTests : IDisposable
{
    private const string Key = "users-own-key-4711";
    private const string Password = "hunter2-of-the-server";

    private readonly DirectoryInfo _outside = Directory.CreateTempSubdirectory("capstan-user-");

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    private string UserFile => Path.Combine(_outside.FullName, "user.json");

    public void Dispose() => _outside.Delete(recursive: true);

    [Fact]
    public async Task A_project_that_sets_only_the_address_does_not_get_the_users_key()
    {
        await using var server = await StartAsync(static options => options.Remove("apiKey"));
        WriteUser($$$$$$$"""{"provider":{"fake":{"options":{"baseURL":"http://127.0.0.1:9/v1","apiKey":"{{{{{{{Key}}}}}}}"}}}}""");
        var session = await server.CreateSessionAsync(cancellationToken: Cancelled);

        var answer = await server.PromptAsync(session, "hello", Cancelled);

        var error = answer.GetProperty("info").GetProperty("error");
        Assert.Equal("ProviderAuthError", error.GetProperty("name").GetString());
        Assert.Contains("provider.fake.options.baseURL", error.GetProperty("data").GetProperty("message").GetString(), StringComparison.Ordinal);
        Assert.Empty(server.Model.Calls);
        Assert.Single(server.Warnings, static line => line.Contains("the credentials of provider fake", StringComparison.Ordinal));
        Assert.DoesNotContain(server.Warnings, static line => line.Contains(Key, StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_users_key_goes_to_the_address_that_the_user_set()
    {
        await using var server = await StartAsync(static options => options.Remove("apiKey"));
        WriteUser($$$$$$$"""{"provider":{"fake":{"options":{"baseURL":"{{{{{{{server.Model.Url}}}}}}}","apiKey":"{{{{{{{Key}}}}}}}"}}}}""");
        var session = await server.CreateSessionAsync(cancellationToken: Cancelled);

        await server.PromptAsync(session, "hello", Cancelled);

        Assert.Equal($"Bearer {Key}", Assert.Single(server.Model.Turns).Headers["authorization"]);
    }

    [Fact]
    public async Task A_providers_error_that_repeats_the_key_does_not_bring_it_back()
    {
        var body = JsonElement.Parse($$$$$$$"""{"error":{"message":"Incorrect API key provided: {{{{{{{Key}}}}}}} (Bearer {{{{{{{Key}}}}}}})","key":"{{{{{{{Key}}}}}}}"}}""");
        await using var server = await StartAsync(
            static options => (options["apiKey"], options["headers"]) = (Key, new JsonObject { ["x-org"] = "header-value-99" }),
            new() { Default = new() { Http = 401, Body = body, Headers = new Dictionary<string, string> { ["x-echo"] = $"{Key} header-value-99" } } });
        await using var events = await server.OpenEventsAsync(Cancelled);
        var session = await server.CreateSessionAsync(cancellationToken: Cancelled);

        var answer = await server.PromptAsync(session, "hello", Cancelled);
        await events.UntilAsync("session.idle", session);

        Assert.Contains("Incorrect API key provided: [redacted]", answer.GetRawText(), StringComparison.Ordinal);
        string[] seen = [answer.GetRawText(), .. events.Seen.Select(static seen => seen.Properties.GetRawText()), .. server.Warnings];
        Assert.All(seen, static text => Assert.DoesNotContain(Key, text, StringComparison.Ordinal));
        Assert.All(seen, static text => Assert.DoesNotContain("header-value-99", text, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_redirect_of_a_provider_is_not_followed_and_the_error_says_where_it_leads()
    {
        await using var other = await ScriptedModel.StartAsync(cancellationToken: Cancelled);
        var target = $"{other.Url}/chat/completions?token=abc";
        await using var server = await StartAsync(
            static options => options["headers"] = new JsonObject { ["x-api-key"] = Key },
            new() { Default = new() { Http = 307, Headers = new Dictionary<string, string> { ["location"] = target } } });
        var session = await server.CreateSessionAsync(cancellationToken: Cancelled);

        var answer = await server.PromptAsync(session, "hello", Cancelled);

        Assert.Empty(other.Calls);
        Assert.Contains($"redirects to {other.Url}/chat/completions,", answer.GetRawText(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Commands_get_neither_the_password_nor_the_keys()
    {
        await using var server = await StartAsync(
            static options => options["apiKey"] = "{env:CARGO_HOME}",
            new() { Scripts = [new("env", [ModelStep.Call("bash", """{"command":"env","description":"d"}"""), ModelStep.Say("done")])] },
            new Dictionary<string, string>
            {
                ["OPENCODE_SERVER_PASSWORD"] = Password,
                ["OPENCODE_SERVER_USERNAME"] = "somebody-else",
                ["ANTHROPIC_API_KEY"] = "another-key",
                ["CARGO_HOME"] = Key,
                ["STAGE"] = "listed-by-the-user",
                ["LANG"] = "C.UTF-8",
            });
        WriteUser("""{"capstan":{"commands":{"env":["STAGE"]}}}""");
        var session = await server.CreateSessionAsync(cancellationToken: Cancelled);

        await server.PromptAsync(session, "[script:env]", Cancelled);

        Assert.Equal($"Bearer {Key}", server.Model.Turns[0].Headers["authorization"]);
        var output = JsonSerializer.Serialize(await server.MessagesAsync(session, Cancelled));
        Assert.Contains("LANG=C.UTF-8", output, StringComparison.Ordinal);
        Assert.Contains("STAGE=listed-by-the-user", output, StringComparison.Ordinal);
        foreach (var secret in new[] { Password, "somebody-else", "another-key", Key })
            Assert.DoesNotContain(secret, output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_program_does_not_show_its_password_to_commands_that_look_at_its_process()
    {
        await using var model = await ScriptedModel.StartAsync(
            new()
            {
                Scripts = [new("look", [ModelStep.Call("bash", """{"command":"env; tr '\\0' '\\n' < /proc/$PPID/environ","description":"d"}"""), ModelStep.Say("done")])],
            },
            Cancelled);
        using var workspace = await TestWorkspace.CreateAsync(
            model.Url, new() { Permission = """{"*":"allow","external_directory":"allow"}""" }, Cancelled);
        await using var program = await CapstanProcess.StartAsync(
            workspace.Directory,
            new CapstanProcessOptions
            {
                Variables = new Dictionary<string, string> { ["OPENCODE_SERVER_PASSWORD"] = Password, ["ANTHROPIC_API_KEY"] = Key, ["LANG"] = "C.UTF-8" },
            },
            Cancelled);
        program.Http.DefaultRequestHeaders.Authorization = new("Basic", Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes($"opencode:{Password}")));
        var session = await program.CreateSessionAsync(cancellationToken: Cancelled);

        await program.PromptAsync(session, "[script:look]", Cancelled);

        var messages = await program.MessagesAsync(session, Cancelled);
        var call = messages.SelectMany(static message => message.GetProperty("parts").EnumerateArray())
            .Single(static part => part.GetProperty("type").GetString() == "tool");
        var output = call.GetProperty("state").GetProperty("output").GetString()!;
        // Once from the command's own environment, once from the server's.
        Assert.Equal(2, output.Split("LANG=C.UTF-8").Length - 1);
        Assert.DoesNotContain(Password, output, StringComparison.Ordinal);
        Assert.DoesNotContain(Key, output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_hostname_of_another_machine_does_not_start_the_program()
    {
        using var workspace = await TestWorkspace.CreateAsync(model: null, cancellationToken: Cancelled);

        var run = await ProgramRun.ToEndAsync(
            workspace.Directory,
            ["serve", "--hostname", "no-such-name.invalid"],
            new Dictionary<string, string>
            {
                ["HOME"] = _outside.FullName, ["PATH"] = Environment.GetEnvironmentVariable("PATH")!, ["OPENCODE_SERVER_PASSWORD"] = Password,
            },
            cancellationToken: Cancelled);

        Assert.NotEqual(0, run.ExitCode);
        Assert.Contains("Cannot listen on no-such-name.invalid: it does not resolve", run.Errors, StringComparison.Ordinal);
        Assert.DoesNotContain("listening on http", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_rules_of_a_restricted_project_do_not_open_what_the_user_closed()
    {
        await using var server = await TestServer.StartAsync(
            new()
            {
                Workspace = new() { Permission = """{"bash":"allow"}""" },
                Model = new() { Scripts = [new("touch", [ModelStep.Call("bash", """{"command":"touch made","description":"d"}"""), ModelStep.Say("done")])] },
                Environment = new Dictionary<string, string> { ["OPENCODE_CONFIG"] = UserFile },
            },
            Cancelled);
        WriteUser("""{"capstan":{"projects":"restricted"},"permission":{"bash":{"touch *":"deny"}}}""");
        var session = await server.CreateSessionAsync(cancellationToken: Cancelled);

        await server.PromptAsync(session, "[script:touch]", Cancelled);
        Assert.False(File.Exists(server.Workspace.PathOf("made")));

        WriteUser("""{"permission":{"bash":{"touch *":"deny"}}}""");
        await server.PromptAsync(await server.CreateSessionAsync(cancellationToken: Cancelled), "[script:touch]", Cancelled);
        Assert.True(File.Exists(server.Workspace.PathOf("made")));
    }

    [Fact]
    public async Task The_instructions_of_a_restricted_project_are_files_of_its_own()
    {
        await using var server = await TestServer.StartAsync(
            new() { Environment = new Dictionary<string, string> { ["OPENCODE_CONFIG"] = UserFile } }, Cancelled);
        File.WriteAllText(Path.Combine(_outside.FullName, "secret.txt"), "a secret of the user");
        File.WriteAllText(Path.Combine(_outside.FullName, "mine.md"), "a rule of the user");
        WriteUser($$$$$$$"""{"capstan":{"projects":"restricted"},"instructions":["{{{{{{{_outside.FullName}}}}}}}/mine.md","linked.md"]}""");
        File.CreateSymbolicLink(server.Workspace.PathOf("AGENTS.md"), Path.Combine(_outside.FullName, "secret.txt"));
        File.CreateSymbolicLink(server.Workspace.PathOf("linked.md"), Path.Combine(_outside.FullName, "secret.txt"));
        server.Workspace.Write("docs/own.md", "a rule of the project");
        server.Workspace.Write(".opencode/opencode.json", $$$$$$$"""{"instructions":["{{{{{{{_outside.FullName}}}}}}}/secret.txt","../*/secret.txt","docs/*.md"]}""");

        await server.PromptAsync(await server.CreateSessionAsync(cancellationToken: Cancelled), "hello", Cancelled);
        var restricted = Assert.Single(server.Model.Turns).Body.GetRawText();

        Assert.Contains("a rule of the user", restricted, StringComparison.Ordinal);
        Assert.Contains("a rule of the project", restricted, StringComparison.Ordinal);
        Assert.DoesNotContain("a secret of the user", restricted, StringComparison.Ordinal);

        WriteUser("""{}""");
        await server.PromptAsync(await server.CreateSessionAsync(cancellationToken: Cancelled), "hello", Cancelled);
        Assert.Contains("a secret of the user", server.Model.Turns[1].Body.GetRawText(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_model_on_this_machine_is_reached_past_the_proxy_and_an_error_of_the_proxy_names_it()
    {
        var proxy = new WebProxy("http://user:hidden@127.0.0.1:9");
        await using var server = await TestServer.StartAsync(
            new()
            {
                Engine = options => options with { Proxy = proxy, Turns = options.Turns with { MaxRetries = 0 } },
                Workspace = new()
                {
                    Configure = static config => config["provider"]!.AsObject().Add(
                        "far", JsonNode.Parse("""{"options":{"baseURL":"http://models.example.invalid/v1"},"models":{"m":{}}}""")),
                },
            },
            Cancelled);
        var session = await server.CreateSessionAsync(cancellationToken: Cancelled);

        await server.PromptAsync(session, "near", Cancelled);
        var far = ServerUnderTest.Prompt("far");
        far["model"] = new JsonObject { ["providerID"] = "far", ["modelID"] = "m" };
        var answer = await server.PromptAsync(session, far, Cancelled);

        Assert.Single(server.Model.Turns);
        var message = answer.GetProperty("info").GetProperty("error").GetProperty("data").GetProperty("message").GetString();
        Assert.Contains("through the proxy http://127.0.0.1:9", message, StringComparison.Ordinal);
        Assert.DoesNotContain("hidden", message, StringComparison.Ordinal);
    }

    private Task<TestServer> StartAsync(
        Action<JsonObject> provider, ScriptedModelOptions? model = null, Dictionary<string, string>? environment = null)
    {
        environment ??= [];
        environment["OPENCODE_CONFIG"] = UserFile;
        return TestServer.StartAsync(
            new()
            {
                Model = model ?? new(),
                Environment = environment,
                Workspace = new() { Configure = config => provider(config["provider"]!["fake"]!["options"]!.AsObject()) },
            },
            Cancelled);
    }

    private void WriteUser(string text) => File.WriteAllText(UserFile, text);
}
