using System.Collections.Concurrent;
using System.Text;
using System.Text.Json.Nodes;
using Capstan.Contract;
using Capstan.Engine.Permissions;
using Capstan.Engine.Tools;

namespace Capstan.Engine.Tests.Tools;

/// <summary>A call's surroundings that grant everything unless told otherwise, and note what happened.</summary>
internal sealed class RecordingContext : ToolContext
{
    private int _files;

    public List<PermissionAsk> Asks { get; } = [];

    public ConcurrentQueue<string> Outputs { get; } = [];

    public List<(string Path, bool Existed)> Changes { get; } = [];

    public IReadOnlyList<TodoItem> Todos { get; private set; } = [];

    public Func<PermissionAsk, Task> Answer { get; set; } = _ => Task.CompletedTask;

    public Action<string> OnOutput { get; set; } = _ => { };

    public required string OutputDirectory { get; init; }

    public override async Task AskAsync(PermissionAsk ask, CancellationToken cancellationToken)
    {
        Asks.Add(ask);
        await Answer(ask);
    }

    /// <summary>How often the tool said that it begins to change something.</summary>
    public int Effects { get; private set; }

    /// <summary>What happens right before the change.</summary>
    public Action OnEffect { get; set; } = () => { };

    public override Task BeginEffectAsync(CancellationToken cancellationToken)
    {
        Effects++;
        OnEffect();
        return Task.CompletedTask;
    }

    public override ValueTask ReportAsync(string? title, JsonObject metadata, CancellationToken cancellationToken)
    {
        if (metadata["output"]?.GetValue<string>() is { } output)
        {
            Outputs.Enqueue(output);
            OnOutput(output);
        }

        return ValueTask.CompletedTask;
    }

    /// <summary>What was added, put together: what of the output is stored.</summary>
    public StringBuilder Added { get; } = new();

    public override ValueTask ShowOutputAsync(string shown, string? added, CancellationToken cancellationToken)
    {
        Added.Append(added);
        Outputs.Enqueue(shown);
        OnOutput(shown);
        return ValueTask.CompletedTask;
    }

    public override ValueTask FileChangedAsync(string path, bool existed, CancellationToken cancellationToken)
    {
        Changes.Add((path, existed));
        return ValueTask.CompletedTask;
    }

    public List<string> Removals { get; } = [];

    public override ValueTask FileRemovedAsync(string path, CancellationToken cancellationToken)
    {
        Removals.Add(path);
        return ValueTask.CompletedTask;
    }

    public override ValueTask SetTodosAsync(IReadOnlyList<TodoItem> todos, CancellationToken cancellationToken)
    {
        Todos = todos;
        return ValueTask.CompletedTask;
    }

    public override string NewOutputFile() => Path.Combine(OutputDirectory, $"tool_{Interlocked.Increment(ref _files)}");
}
