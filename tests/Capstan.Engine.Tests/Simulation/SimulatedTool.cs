using System.Text.Json;
using System.Text.Json.Nodes;
using Capstan.Engine.Permissions;
using Capstan.Engine.Tools;
using Capstan.Testing.Scheduling;

namespace Capstan.Engine.Tests.Simulation;

/// <summary>A tool of the simulated world. What it does to the world is that it is noted as run.</summary>
internal sealed class SimulatedTool(
    string name, Func<JsonElement, ToolContext, CancellationToken, Task> run) : ITool
{
    private static readonly JsonElement Parameters = JsonDocument.Parse(
        """{ "type": "object", "properties": { "what": { "type": "string" } }, "required": ["what"] }""").RootElement.Clone();

    public ToolDefinition Definition { get; } = new(name, name, Parameters, HasSideEffects: true);

    public static IEnumerable<SimulatedTool> All(World world, SimulatedProcess process)
    {
        yield return new("note", async (input, context, cancellation) =>
        {
            await Task.Yield();
            await RunAsync(input, context, cancellation);
        });
        yield return new("guarded", async (input, context, cancellation) =>
        {
            await context.AskAsync(Ask("guarded", input), cancellation);
            await RunAsync(input, context, cancellation);
        });
        yield return new("forbidden", async (input, context, cancellation) =>
        {
            await context.AskAsync(Ask("forbidden", input), cancellation);
            world.Violate($"the denied call {context.CallID} ran");
        });
        yield return new("slow", async (input, context, cancellation) =>
        {
            await context.ReportAsync("half way", new JsonObject { ["done"] = 1 }, cancellation);
            await context.ShowOutputAsync("one\n", "one\n", cancellation);
            await context.ShowOutputAsync("one\ntwo\n", "two\n", cancellation);
            await world.WaitAsync(process, $"tool {context.CallID}", cancellation);
            // What it started heeds no abort, so that it may run on after its turn.
            await RunAsync(
                input, context, cancellation, () => world.WaitAsync(process, $"process of {context.CallID}", CancellationToken.None));
        });
        yield return new("stubborn", async (input, context, _) =>
        {
            await world.WaitAsync(process, $"stubborn tool {context.CallID}", CancellationToken.None);
            await context.AskAsync(Ask("guarded", input), CancellationToken.None);
            await RunAsync(input, context, CancellationToken.None);
        });
        yield return new("broken", static (_, _, _) => throw new InvalidOperationException("The tool is broken."));

        async Task RunAsync(JsonElement input, ToolContext context, CancellationToken cancellation, Func<Task>? hold = null)
        {
            await context.BeginEffectAsync(cancellation);
            if (!process.IsAlive)
                return;
            world.NoteRun(context.CallID, input.GetProperty("what").GetString()!);
            // What it started is there until it returns, or until somebody ends it.
            world.Processes[context.ProcessMark] = process;
            if (hold is null)
                await Task.Yield();
            else
                await hold();
            world.Processes.Remove(context.ProcessMark);
        }
    }

    public async Task<ToolResult> ExecuteAsync(JsonElement input, ToolContext context, CancellationToken cancellationToken)
    {
        await run(input, context, cancellationToken);
        return new ToolResult("done", $"done {context.CallID}", []);
    }

    private static PermissionAsk Ask(string permission, JsonElement input)
    {
        var pattern = input.GetProperty("what").GetString()!;
        return new PermissionAsk(permission, [pattern], [pattern], []);
    }
}
