using System.Net.Http.Headers;
using Capstan.Engine;
using Capstan.Engine.Configuration;
using Capstan.Testing.Fuzzing;
using Capstan.Testing.Stores;
using FsCheck;
using FsCheck.Fluent;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace Capstan.Server.Tests.Fuzzing;

/// <summary>R12: whatever a client sends, the answer is a success or says what is wrong with it; it is never the server's fault.</summary>
public sealed class RequestBodyFuzzTests : IAsyncLifetime
{
    private const string Prompt =
        """
        {
          "messageID": "msg_fuzz", "model": { "providerID": "offline", "modelID": "echo" }, "agent": "build", "noReply": true,
          "tools": { "bash": false }, "format": { "type": "text" }, "system": "Be brief.", "variant": "low", "delivery": "queue",
          "parts": [
            { "type": "text", "id": "prt_1", "text": "Hello", "synthetic": true, "time": { "start": 1 }, "metadata": { "a": 1 } },
            { "type": "file", "mime": "text/plain", "filename": "a.txt", "url": "data:text/plain;base64,SGVsbG8=", "source": {} },
            { "type": "file", "mime": "image/png", "url": "file:///no/such/file.png" },
            { "type": "agent", "name": "general", "source": { "value": "@general", "start": 0, "end": 8 } },
            { "type": "subtask", "prompt": "p", "description": "d", "agent": "general", "model": { "providerID": "a", "modelID": "b" } }
          ]
        }
        """;

    private const string Create =
        """
        {
          "parentID": "ses_none", "title": "A title", "agent": "build", "model": { "id": "echo", "providerID": "offline" },
          "metadata": { "a": [1] }, "permission": [{ "permission": "bash", "pattern": "*", "action": "ask" }],
          "permissionPolicy": { "mode": "ask", "deadline": 1000, "answer": "deny" }
        }
        """;

    private const string Update =
        """
        {
          "title": "Another", "metadata": {}, "permission": [{ "permission": "*", "pattern": "*", "action": "deny" }],
          "permissionPolicy": { "mode": "deny" }, "time": { "archived": 1 }
        }
        """;

    private const string Reply = """{ "reply": "once", "message": "no", "response": "always" }""";

    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("capstan-fuzz-");
    private CapstanEngine _engine = null!;
    private CapstanServer _server = null!;
    private HttpClient _client = null!;
    private string _sessionID = null!;

    public async ValueTask InitializeAsync()
    {
        var environment = new ProcessEnvironment(new Dictionary<string, string> { ["HOME"] = _directory.FullName });
        _engine = await CapstanEngine.StartAsync(
            new EngineOptions
            {
                Paths = ConfigPaths.From(environment) with { Managed = Path.Combine(_directory.FullName, "managed") },
                Environment = environment,
                Version = "0.0.0",
                OpenStore = () => new StoreDisk().Open(),
            },
            NullLoggerFactory.Instance,
            CancellationToken.None);
        _server = await CapstanServer.StartAsync(
            _engine, new ServerOptions { Directory = _directory.FullName, Version = "0.0.0" }, NullLoggerFactory.Instance, CancellationToken.None);
        _client = new HttpClient { BaseAddress = _server.Address };
        var created = await _client.PostAsync("/session", new StringContent("{}"));
        using var json = System.Text.Json.JsonDocument.Parse(await created.Content.ReadAsByteArrayAsync());
        _sessionID = json.RootElement.GetProperty("id").GetString()!;
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _server.DisposeAsync();
        await _engine.DisposeAsync();
        _directory.Delete(recursive: true);
    }

    [Fact]
    public void A_prompt_is_accepted_or_refused() => Fuzz(Prompt, HttpMethod.Post, () => $"/session/{_sessionID}/prompt_async");

    [Fact]
    public void A_new_session_is_accepted_or_refused() => Fuzz(Create, HttpMethod.Post, () => "/session");

    [Fact]
    public void A_change_of_a_session_is_accepted_or_refused() => Fuzz(Update, HttpMethod.Patch, () => $"/session/{_sessionID}");

    [Fact]
    public void An_answer_to_a_question_is_accepted_or_refused() => Fuzz(Reply, HttpMethod.Post, () => "/permission/per_none/reply");

    [Theory]
    [InlineData("/session", """{"permission":[null]}""")]
    [InlineData("/session/{id}/prompt_async", """{"parts":[null]}""")]
    [InlineData("/session/{id}/prompt_async", """{"parts":[],"format":[]}""")]
    [InlineData("/session/{id}/prompt_async", """{"parts":[{"type":"text","text":"a","metadata":"\ud800"}]}""")]
    public async Task What_was_once_answered_with_500_is_refused(string path, string body)
    {
        using var content = new StringContent(body);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        using var response = await _client.PostAsync(
            path.Replace("{id}", _sessionID, StringComparison.Ordinal), content, TestContext.Current.CancellationToken);
        Assert.Equal(System.Net.HttpStatusCode.BadRequest, response.StatusCode);
    }

    [Fact]
    public void Random_bytes_are_refused() => Prop.ForAll(
        ArbMap.Default.ArbFor<byte[]>(),
        bytes => Send(HttpMethod.Post, $"/session/{_sessionID}/prompt_async", bytes)).Check(Config.QuickThrowOnFailure);

    private void Fuzz(string template, HttpMethod method, Func<string> path) => Prop.ForAll(
        ArbMap.Default.ArbFor<int>(),
        seed => Send(method, path(), JsonDamage.Of(template, seed)))
        .Check(Config.QuickThrowOnFailure.WithMaxTest(500).WithEndSize(100_000));

    private bool Send(HttpMethod method, string path, byte[] body)
    {
        using var request = new HttpRequestMessage(method, path) { Content = new ByteArrayContent(body) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        using var response = _client.Send(request);
        var status = (int)response.StatusCode;
        Assert.True(status is >= 200 and < 300 or >= 400 and < 500, $"{status} for {System.Text.Encoding.UTF8.GetString(body)}");
        return true;
    }
}
