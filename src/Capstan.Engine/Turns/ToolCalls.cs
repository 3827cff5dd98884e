using Capstan.Contract;
using Capstan.Engine.Journal;
using Capstan.Engine.Models;
using Capstan.Engine.Tools;
using Capstan.Engine.Workspaces;
using Microsoft.Extensions.AI;

namespace Capstan.Engine.Turns;

/// <summary>
/// The tool calls of one step. A call begins while the model's answer streams, and runs beside the other calls as soon as its
/// arguments are whole. All calls are settled before the step ends.
/// </summary>
internal sealed class ToolCalls(ToolDesk desk, LeasedJournal journal, Workspace workspace, StepPlan.Run plan)
{
    private const int DoomLoopLength = 3;

    private readonly List<ToolCall> _calls = [];
    private readonly List<Task> _running = [];
    private IReadOnlyList<ITool> _offered = [];
    private CancellationTokenSource? _stop;

    /// <summary>Whether the model has called any tool.</summary>
    public bool Any => _calls.Count > 0;

    /// <summary>Whether a call was refused in a way that ends the turn.</summary>
    public bool EndsTurn => _calls.Exists(static call => call.EndsTurn);

    /// <summary>Whether a tool was started that may change files or anything else.</summary>
    public bool MayHaveChanged { get; private set; }

    /// <summary>Sets which tools the model was offered.</summary>
    /// <param name="tools">The tools.</param>
    /// <param name="stop">The source that stops the calls: when the turn is aborted, and in <see cref="InterruptAsync"/>.</param>
    public void Offer(IReadOnlyList<ITool> tools, CancellationTokenSource stop) => (_offered, _stop) = (tools, stop);

    /// <summary>Adds a call that the model has begun, whose arguments are still arriving.</summary>
    public async ValueTask BeginAsync(string callID, string name)
    {
        var call = new ToolCall(desk, journal, workspace, plan, callID, name);
        _calls.Add(call);
        await call.BeginAsync();
    }

    /// <summary>Starts a call whose arguments are whole. It runs while the answer goes on.</summary>
    public async ValueTask RunAsync(FunctionCallContent content)
    {
        var call = _calls.Find(known => known.CallID == content.CallId && !known.IsStarted);
        if (call is null)
        {
            await BeginAsync(content.CallId, content.Name);
            call = _calls[^1];
        }

        // A tool name in the wrong case is a slip of the model, not the name of another tool.
        var tool = Find(content.Name) ?? Find(content.Name.ToLowerInvariant());
        var input = content.Exception is null ? ToolCallArguments.Read(content) : default;
        if (tool is null)
        {
            await call.StartInvalidAsync(InvalidTool.Unavailable(content.Name, desk.Tools.Names));
        }
        else if (content.Exception is not null)
        {
            await call.StartInvalidAsync(InvalidTool.Unreadable(content.Exception.Message));
            // The tool that the model named is not run: it would be given the error in place of its arguments.
            tool = null;
        }
        else
        {
            await call.StartAsync(tool.Definition.ID, input);
        }

        MayHaveChanged |= tool is { Definition.HasSideEffects: true };
        _running.Add(desk.Calls.TrackAsync(call.ExecuteAsync(tool, IsDoomLoop(call), _stop!.Token)));
    }

    /// <summary>
    /// Takes over the calls that had asked for a permission when their process died. From now on they are calls of this step: however it
    /// ends, also before they are resumed, they end with it.
    /// </summary>
    public void TakeOver(IReadOnlyList<ToolPart> parts)
    {
        foreach (var part in parts)
        {
            var call = new ToolCall(desk, journal, workspace, plan, part.CallID, part.Tool);
            call.Resume(part);
            _calls.Add(call);
        }
    }

    /// <summary>Resumes the calls that were taken over.</summary>
    public void Resume()
    {
        foreach (var call in _calls)
        {
            var tool = Find(call.Tool);
            MayHaveChanged |= tool is { Definition.HasSideEffects: true };
            _running.Add(desk.Calls.TrackAsync(call.ExecuteAsync(tool, isRepeated: false, _stop!.Token)));
        }
    }

    /// <summary>
    /// Returns when every call has ended. A call whose arguments never became whole is ended here with an error.
    /// </summary>
    public async Task SettleAsync(CancellationToken abort)
    {
        // An abort ends this wait, because a tool that ignores its own token must not keep the turn from ending.
        await Task.WhenAll(_running).WaitAsync(abort);
        abort.ThrowIfCancellationRequested();
        foreach (var call in _calls)
        {
            if (!call.IsStarted)
                await call.FailAsync("The model's answer broke off before the arguments of this call were whole. It was not run.");
        }
    }

    /// <summary>
    /// Stops the calls, gives them a moment to end by themselves, closes those that did not, and returns their parts.
    /// </summary>
    /// <param name="grace">The moment: <see cref="TurnOptions.AbortGrace"/>.</param>
    public async Task<IReadOnlyList<ToolPart>> InterruptAsync(TimeSpan grace)
    {
        if (_calls.Count == 0)
            return [];
        // The calls are stopped also where nobody aborted the turn: the answer may have failed while its calls run, and no call
        // may go on when the turn is over.
        _stop?.Cancel();
        var all = Task.WhenAll(_running);
        using var settled = new CancellationTokenSource();
        var over = Task.Delay(grace, desk.Observer.Time, settled.Token);
        if (await Task.WhenAny(all, over) == all)
            settled.Cancel();
        return _calls.Select(static call => call.Interrupt()).OfType<ToolPart>().ToList();
    }

    private ITool? Find(string name)
    {
        foreach (var tool in _offered)
        {
            if (tool.Definition.ID == name)
                return tool;
        }

        return null;
    }

    private bool IsDoomLoop(ToolCall call)
    {
        if (_calls.Count < DoomLoopLength)
            return false;
        foreach (var other in _calls[^DoomLoopLength..])
        {
            if (!other.IsSameAs(call))
                return false;
        }

        return true;
    }
}
