using System.Text.Json;
using System.Text.Json.Nodes;
using System.Threading.Channels;
using Capstan.Contract;
using Capstan.Engine.Journal;
using Capstan.Engine.Permissions;
using Capstan.Engine.Storage;
using Capstan.Engine.Tools;
using Capstan.Engine.Workspaces;

namespace Capstan.Engine.Turns;

/// <summary>One tool call and its part.</summary>
/// <remarks>
/// <code>
///   pending ──► running ──► completed
///      │           └──────► error        (failed, refused, or interrupted: the turn stopped first)
///      └──────────────────► error
/// </code>
/// Invariant: a call ends once. What its tool returns after the call was interrupted is dropped.
/// </remarks>
internal sealed class ToolCall(
    ToolDesk desk, LeasedJournal journal, Workspace workspace, StepPlan.Run plan, string callID, string name)
{
    /// <summary>The permission that is needed where the model keeps making the same call.</summary>
    public const string DoomLoopPermission = "doom_loop";

    private static readonly JsonElement NoInput = JsonDocument.Parse("{}").RootElement.Clone();

    private readonly Lock _lock = new();
    private ToolPart _part = new()
    {
        ID = desk.Identifiers.NewPart(),
        SessionID = plan.Message.SessionID,
        MessageID = plan.Message.ID,
        CallID = callID,
        Tool = name,
        State = new ToolState.Pending { Input = NoInput },
    };

    private long _start;
    private bool _isEnded;
    private GrowingOutput? _output;
    private volatile bool _hasEffect;

    /// <summary>The call's identifier.</summary>
    public string CallID => callID;

    /// <summary>The tool that is called.</summary>
    public string Tool => _part.Tool;

    /// <summary>The part's identifier.</summary>
    public string PartID => _part.ID;

    /// <summary>Whether the arguments of the call are known.</summary>
    public bool IsStarted { get; private set; }

    /// <summary>Whether the call began in a process that died, and had asked for a permission there.</summary>
    public bool IsResumed { get; private set; }

    /// <summary>
    /// Whether the call was refused in a way that ends the turn: see <see cref="PermissionRefusedException.EndsTurn"/>.
    /// </summary>
    public bool EndsTurn { get; private set; }

    private long Now => desk.Observer.Time.GetUtcNow().ToUnixTimeMilliseconds();

    /// <summary>Whether both calls are of the same tool, with the same arguments.</summary>
    public bool IsSameAs(ToolCall other) =>
        IsStarted && _part.Tool == other._part.Tool && JsonElement.DeepEquals(_part.State.Input, other._part.State.Input);

    /// <summary>
    /// Takes over the part of a call that had asked for a permission when its process died, and had not begun to take effect.
    /// </summary>
    public void Resume(ToolPart part)
    {
        _part = part;
        _start = ((ToolState.Running)part.State).Time.Start;
        IsStarted = true;
        IsResumed = true;
    }

    /// <summary>Stores the call as pending: the model has begun it, and its arguments are still arriving.</summary>
    public ValueTask BeginAsync() => PutAsync(_part);

    /// <summary>Stores the call as running, with its arguments.</summary>
    public ValueTask StartAsync(string tool, JsonElement input)
    {
        IsStarted = true;
        _start = Now;
        _part = _part with { Tool = tool, State = new ToolState.Running { Input = input, Time = new PartTime(_start) } };
        return PutAsync(_part);
    }

    /// <summary>Stores a call that no tool can answer as running, as a call of the tool <c>invalid</c>.</summary>
    public ValueTask StartInvalidAsync(JsonElement input) => StartAsync(InvalidTool.Name, input);

    /// <summary>Runs the call to its end.</summary>
    /// <param name="tool">The tool, or null for a call that no tool can answer.</param>
    /// <param name="isRepeated">Whether the model keeps making the same call, so that a person is asked first.</param>
    /// <param name="abort">Stops the call.</param>
    public async Task ExecuteAsync(ITool? tool, bool isRepeated, CancellationToken abort)
    {
        // Registered before anything is awaited, while the step still waits for its model: the status must not show a busy
        // session that waits for nothing.
        using var waiting = desk.Activities.WaitForTool(_part.SessionID, _part.Tool, callID);
        // Yields, because the caller reads the stream of the answer and must not be held up by the tool.
        await Task.Yield();
        var input = _part.State.Input;
        using var observed = new ToolCallObservation(desk.Observer, _part.SessionID, _part.Tool, callID);
        try
        {
            if (tool is null)
            {
                observed.Outcome = "failed";
                await CompleteAsync(new ToolResult(InvalidTool.Title, InvalidTool.Output(input), new JsonObject { ["truncated"] = false }));
                return;
            }

            if (ToolArguments.Check(tool.Definition, input) is { } problem)
            {
                observed.Outcome = "failed";
                await FailAsync(problem);
                return;
            }

            var context = CreateContext(abort);
            if (isRepeated)
                await context.AskAsync(DoomLoop(input), abort);
            await CompleteAsync(await tool.ExecuteAsync(input, context, abort));
            observed.Outcome = "completed";
        }
        catch (PermissionRefusedException refused)
        {
            EndsTurn = refused.EndsTurn;
            observed.Outcome = "refused";
            await FailAsync(refused.Message);
        }
        catch (ToolException failure)
        {
            observed.Outcome = "failed";
            await FailAsync(failure.Message);
        }
        catch (OperationCanceledException) when (abort.IsCancellationRequested)
        {
            // The step closes the call, together with its message.
            await EndEffectAsync();
        }
        catch (Exception exception) when (exception is ChannelClosedException or LeaseLostException)
        {
            // The server ended before the call did, or the turn was taken over: nothing is recorded any more. Whoever has the session
            // next closes the call.
        }
        catch (StoreUnavailableException)
        {
            // Stops the step: a call whose end cannot be recorded is closed by the look that takes the turn up again.
            throw;
        }
        catch (Exception exception)
        {
            observed.Outcome = "failed";
            Log.ToolFailed(desk.Observer.Logger, exception, _part.Tool, _part.SessionID);
            await FailAsync($"The tool failed: {exception.Message}");
        }
    }

    /// <summary>Ends the call as interrupted, and returns its part; null where the call had ended already.</summary>
    public ToolPart? Interrupt()
    {
        lock (_lock)
        {
            if (_isEnded)
                return null;
            _isEnded = true;
            return _part = _part with { State = Interrupted(_part.State, "Tool execution aborted", Now) };
        }
    }

    /// <summary>The state of a call that was interrupted before it ended.</summary>
    public static ToolState Interrupted(ToolState state, string reason, long now)
    {
        var metadata = (state as ToolState.Running)?.Metadata?.DeepClone().AsObject() ?? [];
        metadata["interrupted"] = true;
        var start = (state as ToolState.Running)?.Time.Start ?? now;
        return new ToolState.Error { Input = state.Input, Message = reason, Metadata = metadata, Time = new ToolTime(start, now) };
    }

    /// <summary>Shows clients how far the call is.</summary>
    internal ValueTask ReportAsync(string? title, JsonObject metadata)
    {
        lock (_lock)
        {
            if (_isEnded || _part.State is not ToolState.Running running)
                return ValueTask.CompletedTask;
            _part = _part with { State = running with { Title = title ?? running.Title, Metadata = metadata } };
            _output = null;
            return PutAsync(_part);
        }
    }

    /// <summary>Shows clients what the call has printed.</summary>
    internal ValueTask ShowOutputAsync(string shown, string? added)
    {
        lock (_lock)
        {
            if (_isEnded || _part.State is not ToolState.Running running)
                return ValueTask.CompletedTask;
            _output ??= new GrowingOutput(_part with { State = running with { Metadata = GrowingOutput.Metadata("") } });
            _part = _part with { State = running with { Metadata = GrowingOutput.Metadata(shown) } };
            var (part, position, stored) = _output.Show(shown, added);
            return journal.PostAsync(transaction => transaction.GrowPart(part, position, stored));
        }
    }

    /// <summary>Notes in the store that the call is about to change something; returns when the note is durable.</summary>
    internal Task BeginEffectAsync(CancellationToken cancellationToken)
    {
        _hasEffect = true;
        return journal.CommitAsync(
            transaction => transaction.Rows.BeginEffect(_part.SessionID, PartID, transaction.Now), cancellationToken);
    }

    private SessionToolContext CreateContext(CancellationToken abort) => new(desk, journal, workspace, plan, this, abort)
    {
        SessionID = _part.SessionID,
        MessageID = _part.MessageID,
        CallID = callID,
        ProcessMark = desk.Marks.Of(_part.ID),
        Agent = plan.Agent.Name,
        Directory = workspace.Directory,
        Worktree = workspace.Worktree,
        Shell = workspace.Config.Shell,
        Commands = workspace.Commands,
        Limits = workspace.Config.ToolOutput,
    };

    private PermissionAsk DoomLoop(JsonElement input) => new(
        DoomLoopPermission,
        [_part.Tool],
        [_part.Tool],
        new JsonObject { ["tool"] = _part.Tool, ["input"] = JsonNode.Parse(input.GetRawText()) });

    private ValueTask CompleteAsync(ToolResult result)
    {
        if (!result.Metadata.ContainsKey("truncated"))
            result.Metadata["truncated"] = false;
        return EndAsync(state => new ToolState.Completed
        {
            Input = state.Input,
            Output = result.Output,
            Title = result.Title,
            Metadata = result.Metadata,
            Time = new ToolTime(_start, Now),
            Attachments = result.Attachments.Count == 0 ? null : [.. result.Attachments.Select(ToPart)],
        });
    }

    /// <summary>Ends the call with an error that the model is told.</summary>
    public ValueTask FailAsync(string message) => EndAsync(state => new ToolState.Error
    {
        Input = state.Input,
        Message = message,
        Time = new ToolTime(_start, Now),
    });

    private ValueTask EndAsync(Func<ToolState, ToolState> end)
    {
        lock (_lock)
        {
            // The call was interrupted, and its turn went on without it. It is still stored that its effect has ended, so that
            // the next start does not look for its processes.
            if (_isEnded)
                return EndEffectAsync();
            _isEnded = true;
            var part = _part = _part with { State = end(_part.State) };
            return journal.PostAsync(transaction =>
            {
                transaction.PutPart(part);
                transaction.Rows.EndEffect(part.SessionID, part.ID, transaction.Now);
            });
        }
    }

    private ValueTask EndEffectAsync() => _hasEffect
        ? journal.PostAsync(transaction => transaction.Rows.EndEffect(_part.SessionID, _part.ID, transaction.Now))
        : ValueTask.CompletedTask;

    private FilePart ToPart(ToolAttachment attachment) => new()
    {
        ID = desk.Identifiers.NewPart(),
        SessionID = _part.SessionID,
        MessageID = _part.MessageID,
        Mime = attachment.Mime,
        Url = attachment.Url,
        Filename = attachment.Filename,
    };

    private ValueTask PutAsync(ToolPart part) => journal.PostAsync(transaction => transaction.PutPart(part));
}
