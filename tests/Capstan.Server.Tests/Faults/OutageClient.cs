using System.Collections.Concurrent;
using System.Net;
using System.Text.Json.Nodes;
using Capstan.Testing.Servers;

namespace Capstan.Server.Tests.Faults;

/// <summary>
/// Prompts whenever its session is idle, and sends each prompt again as it was until the server accepts it, as the answer 503 asks for.
/// </summary>
internal sealed class OutageClient(CapstanProcess server, int number, string session, IdleWatch watch, CancellationToken cancelled)
{
    private static readonly TimeSpan SafetyNet = TimeSpan.FromSeconds(120);
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(5);

    private readonly List<string> _accepted = [];
    private readonly List<string> _commands = [];
    private int _sent;

    public string Session => session;

    /// <summary>The prompts that the server has acknowledged.</summary>
    public IReadOnlyCollection<string> Accepted => _accepted;

    /// <summary>Those of them that make the model call a command.</summary>
    public IReadOnlyCollection<string> Commands => _commands;

    /// <summary>How often a request was answered 503.</summary>
    public int Refusals { get; private set; }

    /// <summary>Works until it is told to stop, and ends with its session idle.</summary>
    public async Task WorkAsync(Action acknowledged, Func<bool> isOver)
    {
        while (!isOver())
        {
            var id = $"msg_{number}_{_sent:0000}";
            var (isCommand, isInjection) = (_sent % 3 != 1, _sent % 6 == 4);
            _sent++;
            var body = ServerUnderTest.Prompt(
                isInjection ? $"by the way, {id}" : KillCommands.Prompt(isCommand ? "effect" : "text", id), id);
            if (isInjection)
                body["noReply"] = JsonValue.Create(true);
            var idle = watch.NextIdleAsync(session);
            await PromptAsync(body);
            _accepted.Add(id);
            if (isCommand && !isInjection)
                _commands.Add(id);
            acknowledged();
            if (!isInjection)
                await idle.WaitAsync(SafetyNet, cancelled);
        }
    }

    private async Task PromptAsync(JsonObject body)
    {
        while (true)
        {
            using var response = await server.SendAsync(HttpMethod.Post, $"/session/{session}/prompt_async", body.ToJsonString(), cancelled);
            if (response.StatusCode == HttpStatusCode.NoContent)
                return;
            var text = await response.Content.ReadAsStringAsync(cancelled);
            if (response.StatusCode != HttpStatusCode.ServiceUnavailable)
                throw new HttpRequestException($"A prompt was answered {(int)response.StatusCode} {text}", null, response.StatusCode);
            Refusals++;
            var wait = response.Headers.RetryAfter?.Delta ?? throw new HttpRequestException($"503 without Retry-After: {text}");
            // As the answer says: a client that asks at once, again and again, would be part of the trouble.
            await Task.Delay(wait < LongestWait ? wait : LongestWait, TimeProvider.System, cancelled);
        }
    }
}
