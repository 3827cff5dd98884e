using Capstan.Contract;
using Capstan.Engine.Models;
using Capstan.Engine.Tools;
using Capstan.Engine.Workspaces;
using Microsoft.Extensions.AI;

namespace Capstan.Engine.Turns;

/// <summary>The tool calls of one step: begun while the answer streams, run at once and beside each other, settled before it ends.</summary>
internal sealed class ToolCalls(TurnServices services, Workspace workspace, StepPlan.Run plan)
{
    private const int DoomLoopLength = 3;

    private readonly List<ToolCall> _calls = [];
    private readonly List<Task> _running = [];
    private IReadOnlyList<ITool> _offered = [];
    private CancellationTokenSource? _stop;

    /// <summary>Whether the model has called any.</summary>
    public bool Any => _calls.Count > 0;

    /// <summary>Whether a person refused one in a way that ends the turn.</summary>
    public bool EndsTurn => _calls.Exists(static call => call.EndsTurn);

    /// <summary>Whether a tool was started that may change files or anything else.</summary>
    public bool MayHaveChanged { get; private set; }

    /// <summary>Sets which tools the model was offered.</summary>
    /// <param name="tools">The tools.</param>
    /// <param name="stop">Stops the calls: when the turn is aborted, and when <see cref="InterruptAsync"/> says so.</param>
    public void Offer(IReadOnlyList<ITool> tools, CancellationTokenSource stop) => (_offered, _stop) = (tools, stop);

    /// <summary>The model has begun a call.</summary>
    public async ValueTask BeginAsync(string callID, string name)
    {
        var call = new ToolCall(services, workspace, plan, callID, name);
        _calls.Add(call);
        await call.BeginAsync();
    }

    /// <summary>A call is whole: it runs from now on.</summary>
    public async ValueTask RunAsync(FunctionCallContent content)
    {
        var call = _calls.Find(known => known.CallID == content.CallId && !known.IsStarted);
        if (call is null)
        {
            await BeginAsync(content.CallId, content.Name);
            call = _calls[^1];
        }

        // A name in the wrong case is a slip, not another tool.
        var tool = Find(content.Name) ?? Find(content.Name.ToLowerInvariant());
        var input = content.Exception is null ? ToolCallArguments.Read(content) : default;
        if (tool is null)
            await call.StartInvalidAsync(InvalidTool.Unavailable(content.Name, services.Tools.Names));
        else if (content.Exception is not null)
            await call.StartInvalidAsync(InvalidTool.Unreadable(content.Exception.Message));
        else
            await call.StartAsync(tool.Definition.ID, input);
        MayHaveChanged |= tool is { Definition.HasSideEffects: true };
        _running.Add(services.Calls.TrackAsync(call.ExecuteAsync(tool, IsDoomLoop(call), _stop!.Token)));
    }

    /// <summary>Goes on with calls that waited for a permission when their process died.</summary>
    public void Resume(IReadOnlyList<ToolPart> parts)
    {
        foreach (var part in parts)
        {
            var call = new ToolCall(services, workspace, plan, part.CallID, part.Tool);
            call.Resume(part);
            _calls.Add(call);
            var tool = Find(part.Tool);
            MayHaveChanged |= tool is { Definition.HasSideEffects: true };
            _running.Add(services.Calls.TrackAsync(call.ExecuteAsync(tool, isRepeated: false, _stop!.Token)));
        }
    }

    /// <summary>Returns when every call has ended; one that the model began and never finished ends here.</summary>
    public async Task SettleAsync(CancellationToken abort)
    {
        // A tool that does not heed its token may not keep the turn from ending.
        await Task.WhenAll(_running).WaitAsync(abort);
        abort.ThrowIfCancellationRequested();
        foreach (var call in _calls)
        {
            if (!call.IsStarted)
                await call.FailAsync("The model's answer broke off before the arguments of this call were whole. It was not run.");
        }
    }

    /// <summary>The turn is stopping: gives the calls a moment to end by themselves, and returns those that did not, closed.</summary>
    public async Task<IReadOnlyList<ToolPart>> InterruptAsync()
    {
        if (_calls.Count == 0)
            return [];
        // Also where nobody aborted: the answer may have failed while its calls run, and none may go on when the turn is over.
        _stop!.Cancel();
        var all = Task.WhenAll(_running);
        using var settled = new CancellationTokenSource();
        var grace = Task.Delay(services.Options.With(workspace.Settings.Turns).AbortGrace, services.Time, settled.Token);
        if (await Task.WhenAny(all, grace) == all)
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
