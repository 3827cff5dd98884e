using Capstan.Contract;
using Capstan.Engine.Admission;
using Capstan.Engine.Storage;
using Capstan.Engine.Turns;
using Capstan.Testing.Stores;

namespace Capstan.Engine.Tests.Simulation;

/// <summary>One history: what clients, people, administrators and bad luck do to a server, and then a good end.</summary>
/// <remarks>
/// <code>
///   1. live      some operations, each followed by a while in which things may or may not get done
///   2. rest      gates open, people answer, time passes, the dead come back, until nothing moves any more
///   3. judge     FinalCheck; CommitCheck and the readers have judged all along
/// </code>
/// </remarks>
internal sealed class History : IDisposable
{
    // Higher than any owner of the store: a process that lives.
    private const long AnotherNode = 1_000_000;

    private readonly World _world;
    private readonly Random _random;
    private readonly List<SimulatedServer> _forgotten = [];
    private SimulatedServer _server;
    private int _texts;

    public History(World world)
    {
        _world = world;
        _random = world.Random;
        _server = new SimulatedServer(world, HubEvents());
    }

    /// <summary>What the processes are: the newest, which owns the store.</summary>
    public SimulatedServer Server => _server;

    /// <summary>Lives through a history of chance.</summary>
    public static World Run(int seed, bool isTraced = false)
    {
        var world = new World(seed, isTraced);
        try
        {
            using var history = new History(world);
            history.Live();
            history.Rest();
            FinalCheck.Check(world);
        }
        catch (Exception exception) when (exception is not StoreCrashedException)
        {
            world.Violate($"the simulation itself failed: {exception}");
        }

        return world;
    }

    /// <summary>Nobody's process outlives its history.</summary>
    public void Dispose()
    {
        foreach (var forgotten in _forgotten)
            forgotten.Kill();
        _server.Kill();
    }

    /// <summary>Some operations, each followed by a while in which things may or may not get done.</summary>
    public void Live()
    {
        // Some people answer before whoever asked has drawn breath.
        _world.Asked = requestID =>
        {
            if (_random.Next(3) == 0)
                Reply(requestID);
        };
        _world.Processor.Settle();
        CreateSession();
        _world.Processor.Settle();
        for (var i = 5 + _random.Next(16); i > 0; i--)
        {
            Act(_random.Next(100));
            Pass();
            if (!_server.Process.IsAlive || _server.HasFailedToStart)
                Restart();
        }
    }

    /// <summary>Lets everything come to its end.</summary>
    public void Rest()
    {
        _world.IsDraining = true;
        foreach (var forgotten in _forgotten)
            forgotten.Kill();
        if (_random.Next(2) == 0)
            _world.Disk.Disarm();
        var aborts = 0;
        for (var round = 0; round < 2000; round++)
        {
            _world.Processor.Settle();
            if (!_server.Process.IsAlive || _server.HasFailedToStart)
            {
                Restart();
                continue;
            }

            foreach (var reader in _world.Readers)
                reader.Connect(_server);
            foreach (var sessionID in _server.IsUp ? _world.Stolen.ToList() : [])
                GiveBack(sessionID);
            _world.Processor.Settle();
            if (!_server.Process.IsAlive || _world.OpenGate() || AnswerOne())
                continue;
            if (_world.IsIdle && _world.Prompts.TrueForAll(IsDone) && !RunningTurns().Any())
            {
                _world.Disk.Disarm();
                Linger();
                return;
            }

            if (_world.Time.UntilNextTimer is { } wait)
            {
                _world.Time.Advance(wait);
                continue;
            }

            // A tool that never ends is aborted, as a person would; the next turn may have one again. Nothing else may hang.
            if (_world.Gates.Exists(gate => gate.Process == _server.Process) && ++aborts <= 20)
            {
                foreach (var sessionID in _world.SessionIDs.ToList())
                    Abort(sessionID);
            }
            else if (!_world.Processor.WaitForStragglers())
            {
                break;
            }
        }

        foreach (var row in _world.Disk.Committed.Sessions.Values.Where(static row => row.Status is not SessionStatus.Idle))
            _world.Violate($"R7: {row.Info.ID} never becomes idle");
        foreach (var prompt in _world.Prompts.Where(prompt => !IsDone(prompt)))
            _world.Violate($"R7: whoever waits for the turn of {prompt.MessageID} waits for ever");
        foreach (var sessionID in RunningTurns())
            _world.Violate($"R7: a turn of {sessionID} runs for ever");
    }

    /// <summary>The sessions, deleted ones among them, whose turns have not ended in the server's memory.</summary>
    private IEnumerable<string> RunningTurns() => _world.Disk.Committed.Events
        .Where(static published => published.Type == EventType.SessionCreated)
        .Select(static published => published.SessionID!)
        .Where(sessionID => _server.Engine.Runners.FindTurn(sessionID) is not null);

    /// <summary>All turns are over: what is still there of them must do nothing any more.</summary>
    private void Linger()
    {
        foreach (var gate in _world.Gates.ToList())
            gate.Opened.TrySetResult();
        _world.Time.Advance(TimeSpan.FromHours(1));
        _world.Processor.Settle();
        foreach (var reader in _world.Readers)
            reader.Connect(_server);
        _world.Processor.Settle();
    }

    /// <summary>
    /// Another node takes a running turn over, or gives one back that it took. It does nothing with the session meanwhile, so whatever
    /// is written there until then was written by a turn that had lost its lease.
    /// </summary>
    private void Steal()
    {
        if (!_server.IsUp)
            return;
        if (Pick(_world.Stolen) is { } held)
        {
            GiveBack(held);
            return;
        }

        var running = _world.Disk.Committed.Sessions.Values.Where(row => row.Lease.Owner == _server.Store.Epoch);
        if (Pick(running) is not { } row)
            return;
        var sessionID = row.Info.ID;
        _world.Log($"another node takes {sessionID} over");
        _world.HasStolen = true;
        _world.Stolen.Add(sessionID);
        _world.Disk.ChangeLease(sessionID, static lease => lease.TakenBy(AnotherNode));
    }

    private void GiveBack(string sessionID) => _server.Request(engine =>
    {
        _world.Log($"{sessionID} is given back");
        _world.Stolen.Remove(sessionID);
        _world.Disk.ChangeLease(sessionID, static lease => lease.Released());
        // What a hint from the other node will do.
        engine.Runners.Signal(sessionID);
        return Task.CompletedTask;
    });

    public void CreateSession(string? parentID = null) => _server.Request(async engine =>
    {
        try
        {
            var (session, refusal) = await engine.Sessions.CreateAsync(
                await SimulatedWorkspace.Loaded,
                new CreateSessionRequest
                {
                    ParentID = parentID,
                    Title = _random.Next(4) == 0 ? null : "Simulated",
                    Permission =
                    [
                        new PermissionRule("guarded", "*", PermissionAction.Ask),
                        new PermissionRule("forbidden", "?", PermissionAction.Deny),
                    ],
                },
                CancellationToken.None);
            _world.Log(session is null ? $"no session: {refusal!.Message}" : $"created {session.ID}");
        }
        catch (Exception exception) when (exception is not StoreCrashedException)
        {
            _world.Log($"creating a session failed: {exception.Message}");
        }
    });

    public SentPrompt Send(string sessionID, PromptRequest request, string text)
    {
        var prompt = new SentPrompt(_server, sessionID, text, request);
        _world.Prompts.Add(prompt);
        _world.Log($"{(prompt.IsInjection ? "injects" : "sends")} {text} {request.MessageID} to {sessionID}");
        _server.Request(async engine =>
        {
            try
            {
                switch (await engine.Prompts.AdmitAsync(sessionID, request, CancellationToken.None))
                {
                    case AdmissionResult.Accepted accepted:
                        prompt.Accept(accepted);
                        _world.Log($"{text} is accepted as {accepted.MessageID}");
                        break;
                    case AdmissionResult.Refused refused:
                        prompt.Refuse();
                        _world.Log($"{text} is refused: {refused.Refusal.Message}");
                        break;
                }
            }
            catch (StoreUnavailableException)
            {
                // Whoever sent it does not know whether it is accepted.
                _world.Log($"{text} may be stored or not");
            }
            catch (Exception exception) when (exception is not StoreCrashedException)
            {
                prompt.Fail();
                _world.Log($"{text} failed: {exception.Message}");
            }
        });
        return prompt;
    }

    public void Abort(string sessionID)
    {
        _world.Log($"aborts {sessionID}");
        _server.Request(async engine =>
        {
            var server = _server;
            // A turn that another node has is not this server's to abort.
            var isElsewhere = _world.Stolen.Contains(sessionID);
            var taken = _world.Disk.Committed.InboxOf(sessionID).Where(static row => row.TurnID is not null).ToList();
            try
            {
                await engine.Turns.AbortAsync(sessionID, CancellationToken.None);
            }
            catch (Exception exception) when (exception is IOException or TurnNotEndedException)
            {
                return;
            }

            _world.Log($"aborted {sessionID}");
            foreach (var row in taken)
            {
                if (_world.Disk.Committed.Inbox.ContainsKey(row.ID) && !_world.HasFailed && !server.IsStopping && !IsForgotten(engine) && !isElsewhere && !_world.Stolen.Contains(sessionID))
                    _world.Violate($"R8: {sessionID} was aborted, but {row.ID} is still being answered");
            }
        });
    }

    public void Delete(string sessionID)
    {
        _world.Log($"deletes {sessionID}");
        _server.Request(async engine =>
        {
            try
            {
                if (await engine.Sessions.DeleteAsync(sessionID, CancellationToken.None))
                    _world.Deleted.Add(sessionID);
                _world.Log($"deleted {sessionID}");
            }
            catch (Exception exception) when (exception is not StoreCrashedException)
            {
                _world.Log($"deleting {sessionID} failed: {exception.Message}");
            }
        });
    }

    public void Reply(string requestID, PermissionReply reply, string? feedback)
    {
        _world.Log($"answers {requestID}: {reply}");
        _server.Request(async engine =>
        {
            try
            {
                if (await engine.Permissions.ReplyAsync(requestID, new PermissionAnswer(reply, feedback), null, CancellationToken.None))
                    _world.Answered.Add(requestID);
            }
            catch (Exception exception) when (exception is not StoreCrashedException)
            {
                _world.Log($"answering {requestID} failed: {exception.Message}");
            }
        });
    }

    /// <summary>A new process over what is left of the old one.</summary>
    public void Restart()
    {
        _world.HasCrashed = true;
        _server.Kill();
        _server = new SimulatedServer(_world, HubEvents());
        _world.Log("a server starts");
        _world.Processor.Settle();
    }

    /// <summary>A prompt of a new text.</summary>
    public (PromptRequest Request, string Text) NewPrompt(string? messageID = null, bool isInjection = false)
    {
        var text = $"text-{++_texts}";
        return (new PromptRequest
        {
            MessageID = messageID,
            NoReply = isInjection ? true : null,
            Parts = [new PartInput.Text { Content = text }],
        }, text);
    }

    private void Act(int chance)
    {
        var session = Pick(_world.SessionIDs);
        if (_random.Next(30) == 0)
            Steal();
        if (session is null || chance < 4)
            CreateSession(chance < 2 ? session : null);
        else if (chance < 30)
            SendNew(session, isInjection: false);
        else if (chance < 36)
            SendNew(session, isInjection: true);
        else if (chance < 44)
            Repeat();
        else if (chance < 47)
            SendWrong(session);
        else if (chance < 53)
            Abort(session);
        else if (chance < 56)
            Withdraw();
        else if (chance < 66)
            AnswerOne();
        else if (chance < 69)
            Delete(session);
        else if (chance < 74)
            _world.OpenGate();
        else if (chance < 78)
            PassTime();
        else if (chance < 84)
            AddReader();
        else
            Disturb(chance);
    }

    private void Disturb(int chance)
    {
        switch (chance)
        {
            case < 87:
                _world.Log("the server is killed");
                Restart();
                break;
            case < 93:
                var calls = 1 + _random.Next(40);
                var fault = _random.Next(2) == 0 ? StoreFault.CrashBefore : StoreFault.CrashAfter;
                _world.Log($"arms {fault} in {calls} calls");
                _world.Disk.Arm(calls, fault);
                break;
            case < 95:
                _world.Log("the server loses the store to another and does not know it");
                _world.HasCrashed = true;
                _forgotten.Add(_server);
                _world.Fenced.Add(_server.Process);
                _server = new SimulatedServer(_world, HubEvents());
                break;
            case < 97:
                _world.Log("the server is stopped");
                _server.Stop();
                Restart();
                break;
            default:
                foreach (var reader in _world.Readers)
                    reader.Connect(_server);
                break;
        }
    }

    private void SendNew(string sessionID, bool isInjection)
    {
        var (request, text) = NewPrompt(_random.Next(3) == 0 ? $"msg_client{_texts}" : null, isInjection);
        if (!isInjection && _random.Next(3) == 0)
            request = request with { Delivery = (Delivery)_random.Next(3) };
        Send(sessionID, request, text);
    }

    private void Withdraw()
    {
        if (Pick(_world.Disk.Committed.Inbox.Values) is not { } row)
            return;
        _world.Log($"withdraws {row.ID}");
        _server.Request(async engine =>
        {
            try
            {
                var refusal = await engine.Prompts.WithdrawAsync(row.SessionID, row.ID, CancellationToken.None);
                _world.Log($"withdrawing {row.ID}: {refusal?.Message ?? "done"}");
            }
            catch (Exception exception) when (exception is not StoreCrashedException)
            {
                _world.Log($"withdrawing {row.ID} failed: {exception.Message}");
            }
        });
    }

    private void Repeat()
    {
        if (Pick(_world.Prompts.FindAll(static prompt => prompt.Request.MessageID is not null)) is not { } known)
            return;
        if (_random.Next(3) > 0)
        {
            Send(known.SessionID, known.Request, known.Text);
            return;
        }

        var (other, text) = NewPrompt(known.Request.MessageID, known.IsInjection);
        Send(known.SessionID, other, text);
    }

    /// <summary>What must be refused at the gate.</summary>
    private void SendWrong(string sessionID)
    {
        var (request, text) = NewPrompt();
        _ = _random.Next(4) switch
        {
            0 => Send(sessionID, request with { Agent = "nobody" }, text),
            1 => Send(sessionID, request with { Model = new ModelRef("simulated", "no-such-model") }, text),
            2 => Send(sessionID, request with { MessageID = "wrong" }, text),
            _ => Send("ses_none", request, text),
        };
    }

    private bool AnswerOne()
    {
        if (Pick(_world.Disk.Committed.Permissions.Values.Where(static row => row.Answer is null).Select(static row => row.ID)) is not { } requestID)
            return false;
        Reply(requestID);
        return true;
    }

    private void Reply(string requestID)
    {
        var reply = (PermissionReply)_random.Next(3);
        Reply(requestID, reply, reply == PermissionReply.Reject && _random.Next(2) == 0 ? "do it otherwise" : null);
    }

    private void AddReader()
    {
        if (_world.Readers.Count < 3)
            _world.Readers.Add(new SimulatedReader(_world, $"r{_world.Readers.Count + 1}", isSlow: _random.Next(3) == 0));
        _world.Readers[_random.Next(_world.Readers.Count)].Connect(_server);
    }

    private void PassTime()
    {
        var by = TimeSpan.FromMilliseconds(_random.Next(6000));
        _world.Log($"{by.TotalMilliseconds:0} ms pass");
        if (_random.Next(4) == 0)
            _world.Time.Jump(TimeSpan.FromSeconds(_random.Next(-20, 5)));
        _world.Time.Advance(by);
    }

    /// <summary>Some of what could happen happens.</summary>
    private void Pass()
    {
        if (_random.Next(3) == 0)
        {
            _world.Processor.Settle();
            return;
        }

        for (var i = _random.Next(40); i > 0 && _world.Processor.RunOne(); i--)
        {
        }
    }

    private bool IsDone(SentPrompt prompt) =>
        prompt.Turn is null or { IsCompleted: true } || !prompt.Server.Process.IsAlive;

    private bool IsForgotten(CapstanEngine engine) => _forgotten.Exists(server => server.IsUp && server.Engine == engine);

    private int HubEvents() => _random.Next(4) == 0 ? 40 : 16_384;

    private T? Pick<T>(IEnumerable<T> from)
        where T : class
    {
        var all = from.ToList();
        return all.Count == 0 ? null : all[_random.Next(all.Count)];
    }
}
