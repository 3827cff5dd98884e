using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using Capstan.Testing.Servers;

namespace Capstan.Server.Tests.Faults;

/// <summary>
/// Prompts whenever its session is idle; what a kill left without an answer is sent again as it was. The first client starts
/// commands that do not end as well: only a kill or its abort ends those, so the others must keep the world moving.
/// </summary>
internal sealed class KillClient(CapstanProcess server, int number, string session, CancellationToken cancelled)
{
    private static readonly TimeSpan SafetyNet = TimeSpan.FromSeconds(60);

    private int _sent;
    private Sent? _unanswered;

    private enum Kind
    {
        Text,
        Effect,
        Long,
        Aborted,
        Injection,
    }

    public string Session => session;

    /// <summary>The prompts that the server has acknowledged.</summary>
    public ConcurrentBag<string> Accepted { get; } = [];

    /// <summary>Works until the server is gone.</summary>
    public async Task WorkAsync(IdleWatch watch, Action acknowledged)
    {
        try
        {
            while (true)
            {
                var idle = watch.NextIdleAsync(session);
                var isRepeat = _unanswered is not null;
                var kind = await PromptAsync(_unanswered ?? Next());
                acknowledged();
                if (kind == Kind.Aborted)
                    await server.AbortAsync(session, cancelled);
                // A repetition may have been answered before the stream was opened, and an injection has no answer.
                if (!isRepeat && kind != Kind.Injection)
                    await idle.WaitAsync(SafetyNet, cancelled);
            }
        }
        catch (Exception exception) when (exception is HttpRequestException { StatusCode: null } or IOException)
        {
            // Killed.
        }
    }

    /// <summary>Sends again what was not acknowledged, and a last prompt: the session must still answer.</summary>
    public async Task CloseAsync()
    {
        if (_unanswered is { } unanswered)
            await PromptAsync(unanswered);
        await PromptAsync(new Sent(NewID(), Kind.Text));
    }

    private Sent Next()
    {
        var kind = (_sent % 6) switch
        {
            1 => Kind.Text,
            2 when number == 0 => Kind.Long,
            4 when number == 0 => Kind.Aborted,
            5 => Kind.Injection,
            _ => Kind.Effect,
        };
        return new Sent(NewID(), kind);
    }

    private string NewID() => $"msg_{number}_{_sent++:0000}";

    private async Task<Kind> PromptAsync(Sent prompt)
    {
        _unanswered = prompt;
        var body = ServerUnderTest.Prompt(prompt.Text, prompt.ID);
        if (prompt.Kind == Kind.Injection)
            body["noReply"] = JsonValue.Create(true);
        await server.PromptWithoutWaitingAsync(session, body, cancelled);
        _unanswered = null;
        Accepted.Add(prompt.ID);
        return prompt.Kind;
    }

    private sealed record Sent(string ID, Kind Kind)
    {
        public string Text => Kind switch
        {
            Kind.Injection => $"by the way, {ID}",
            Kind.Aborted => KillCommands.Prompt("long", ID),
            _ => KillCommands.Prompt(Kind.ToString().ToLowerInvariant(), ID),
        };
    }
}
