using System.Net;
using System.Text.Json;
using Capstan.Contract;
using Capstan.Engine.Models;
using Capstan.Engine.Tests.Configuration;
using Capstan.Engine.Workspaces;
using Capstan.Testing.Models;
using Capstan.Testing.Time;
using Microsoft.Extensions.AI;
using Xunit;

namespace Capstan.Engine.Tests.Models;

/// <summary>From the configuration to the call: what a provider is sent of it, and what becomes of models that cannot be called.</summary>
public sealed class ChatClientsTests : IDisposable
{
    private readonly ConfigSandbox _sandbox = new();
    private readonly HttpClient _http = new(new SocketsHttpHandler { UseProxy = false, AllowAutoRedirect = false });

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _http.Dispose();
        _sandbox.Dispose();
    }

    [Theory]
    [InlineData("""{"apiKey":"k-1"}""", "{}", "Bearer k-1", "capstan/test")]
    [InlineData("{}", "{}", null, "capstan/test")]
    // What is configured goes over what is sent anyway, however it is written.
    [InlineData("""{"apiKey":"k-1","headers":{"AUTHORIZATION":"Key other"}}""", """{"user-agent":"mine"}""", "Key other", "mine")]
    public async Task The_key_and_the_configured_headers_are_sent(string options, string headers, string? authorization, string agent)
    {
        await using var model = await ScriptedModel.StartAsync(cancellationToken: Cancelled);

        await CallAsync(model, options, $$"""{"headers":{{headers}}}""");

        var call = Assert.Single(model.Calls);
        Assert.Equal((authorization, agent), (call.Headers.GetValueOrDefault("authorization"), call.Headers["user-agent"]));
    }

    [Fact]
    public async Task The_model_is_called_by_its_identifier_at_the_provider_with_its_options()
    {
        await using var model = await ScriptedModel.StartAsync(cancellationToken: Cancelled);

        await CallAsync(model, "{}", """{"id":"real","options":{"reasoningEffort":"low"}}""");

        var body = Assert.Single(model.Calls).Body;
        Assert.Equal(("real", "low"), (body.GetProperty("model").GetString(), body.GetProperty("reasoning_effort").GetString()));
    }

    [Theory]
    [InlineData("""{"interleaved":"thinking"}""", "thinking")]
    [InlineData("""{"interleaved":true}""", null)]
    public async Task Reasoning_goes_back_in_the_field_that_the_model_names(string settings, string? field)
    {
        await using var model = await ScriptedModel.StartAsync(cancellationToken: Cancelled);

        await CallAsync(model, "{}", settings, new ChatMessage(ChatRole.Assistant, [new TextReasoningContent("hm"), new TextContent("so")]));

        var answer = Assert.Single(model.Calls).Body.GetProperty("messages")[0];
        Assert.Equal(
            ["role", "content", .. field is null ? Array.Empty<string>() : [field]],
            answer.EnumerateObject().Select(static property => property.Name));
    }

    [Fact]
    public async Task A_model_that_cannot_be_called_is_an_error_that_says_why()
    {
        var workspace = await LoadAsync("http://127.0.0.1:9", "{}", """{"provider":{"npm":"@ai-sdk/anthropic"}}""");

        var failure = Assert.Throws<ModelException>(() => Clients().Create(workspace.Directory, workspace.Models, workspace.Secrets, Model(workspace)));

        Assert.Equal("ProviderAuthError", failure.Error.Name);
        Assert.Equal(
            "p/m wants the package @ai-sdk/anthropic, which is not supported; @ai-sdk/openai-compatible is.", failure.Message);
        Assert.False(failure.IsRetryable);
    }

    [Fact]
    public async Task An_error_names_the_proxy_on_the_way_and_not_its_password()
    {
        await using var model = await ScriptedModel.StartAsync(new() { Default = new() { Http = 404 } }, Cancelled);
        var workspace = await LoadAsync($"{model.Url}", "{}", "{}");
        foreach (var bypasses in new[] { false, true })
        {
            using var client = Clients(new FixedProxy(bypasses)).Create(workspace.Directory, workspace.Models, workspace.Secrets, Model(workspace));

            var failure = await Assert.ThrowsAsync<ModelException>(() => client.GetResponseAsync("hello", cancellationToken: Cancelled));

            const string Note = " (through the proxy http://proxy.test:8080, which the environment names; NO_PROXY leaves hosts out)";
            Assert.Equal(!bypasses, failure.Message.EndsWith(Note, StringComparison.Ordinal));
            Assert.DoesNotContain("hidden", failure.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task The_program_around_the_engine_serves_its_own_models_and_leaves_the_others()
    {
        var workspace = await LoadAsync("http://127.0.0.1:9", "{}", "{}");
        var echo = workspace.Models.Find(new ModelRef("offline", "echo"))!;
        using var own = new AnsweringClient("its own");
        var clients = new ChatClients(_http, new FixedProxy(true), new FakeTime(), "capstan/test", (_, model) => model.ID == "m" ? own : null);

        using var first = clients.Create(workspace.Directory, workspace.Models, workspace.Secrets, Model(workspace));
        using var second = clients.Create(workspace.Directory, workspace.Models, workspace.Secrets, echo);

        Assert.Equal("its own", (await first.GetResponseAsync("hello", cancellationToken: Cancelled)).Text);
        Assert.EndsWith("You said: hello", (await second.GetResponseAsync("hello", cancellationToken: Cancelled)).Text, StringComparison.Ordinal);
        Assert.False(ChatClients.CanTitle(echo));
        Assert.True(ChatClients.CanTitle(Model(workspace)));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_providers_error_does_not_repeat_the_key_and_says_all_else(bool isStreamed)
    {
        var body = JsonElement.Parse("""{"error":{"message":"wrong key: key-of-p"}}""");
        await using var model = await ScriptedModel.StartAsync(
            new() { Default = new() { Http = 429, Body = body, Headers = new Dictionary<string, string> { ["retry-after"] = "7" } } }, Cancelled);
        var workspace = await LoadAsync($"{model.Url}", """{"apiKey":"key-of-p"}""", "{}");
        using var client = Clients().Create(workspace.Directory, workspace.Models, workspace.Secrets, Model(workspace));

        var failure = await Assert.ThrowsAsync<ModelException>(() => isStreamed
            ? client.GetStreamingResponseAsync("hello", cancellationToken: Cancelled).ToChatResponseAsync(Cancelled)
            : client.GetResponseAsync("hello", cancellationToken: Cancelled));

        Assert.Equal("wrong key: [redacted]", failure.Message);
        Assert.Equal("""{"error":{"message":"wrong key: [redacted]"}}""", failure.Error.Data.ResponseBody);
        Assert.Equal((true, TimeSpan.FromSeconds(7)), (failure.IsRetryable, failure.RetryAfter));
    }

    private ChatClients Clients(IWebProxy? proxy = null) => new(_http, proxy ?? new FixedProxy(true), new FakeTime(), "capstan/test");

    private async Task CallAsync(ScriptedModel model, string options, string settings, params ChatMessage[] messages)
    {
        var workspace = await LoadAsync($"{model.Url}/", options, settings);
        using var client = Clients().Create(workspace.Directory, workspace.Models, workspace.Secrets, Model(workspace));
        await client.GetResponseAsync(messages.Length > 0 ? messages : [new ChatMessage(ChatRole.User, "hello")], cancellationToken: Cancelled);
    }

    private Task<Workspace> LoadAsync(string url, string options, string settings)
    {
        _sandbox.WriteGlobal($$$$$$$"""{"provider":{"p":{"api":"{{{{{{{url}}}}}}}","options":{{{{{{{options}}}}}}},"models":{"m":{{{{{{{settings}}}}}}}}}}}""");
        return new WorkspaceLoader(_sandbox.Paths, _sandbox.Environment, _http, TimeProvider.System).LoadAsync(_sandbox.Inner, Cancelled);
    }

    private static ModelInfo Model(Workspace workspace) => workspace.Models.Find(new ModelRef("p", "m"))!;

    private sealed class FixedProxy(bool bypasses) : IWebProxy
    {
        public ICredentials? Credentials { get; set; }

        public Uri? GetProxy(Uri destination) => new("http://user:hidden@proxy.test:8080");

        public bool IsBypassed(Uri host) => bypasses;
    }

    private sealed class AnsweringClient(string text) : IChatClient
    {
        public Task<ChatResponse> GetResponseAsync(
            IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) =>
            Task.FromResult(new ChatResponse(new ChatMessage(ChatRole.Assistant, text)));

        public IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
            IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) =>
            throw new NotSupportedException();

        public object? GetService(Type serviceType, object? serviceKey = null) => null;

        public void Dispose()
        {
        }
    }
}
