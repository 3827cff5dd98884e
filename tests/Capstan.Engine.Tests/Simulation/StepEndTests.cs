using Capstan.Contract;
using Capstan.Engine.Storage;
using Capstan.Testing.Stores;
using Xunit;

namespace Capstan.Engine.Tests.Simulation;

/// <summary>A server that dies between the commit of a step's end and the end of its turn: the next one goes on from what was decided.</summary>
public sealed class StepEndTests
{
    private const int Deaths = 5;
    private const int MostSeeds = 400;

    public static TheoryData<StepOutcome> Outcomes { get; } = new(Enum.GetValues<StepOutcome>());

    [Theory]
    [MemberData(nameof(Outcomes))]
    public async Task R7_A_turn_whose_process_dies_when_a_step_has_ended_goes_on_only_if_the_step_said_so(StepOutcome outcome)
    {
        await SimulatedWorkspace.Loaded;
        var deaths = 0;
        // The two commits often are one; chance decides in which histories there is a moment between them.
        for (var seed = 1; deaths < Deaths && seed <= MostSeeds; seed++)
            deaths += DiesInBetween(outcome, seed) ? 1 : 0;
        Assert.Equal(Deaths, deaths);
    }

    private static bool DiesInBetween(StepOutcome outcome, int seed)
    {
        var world = new World(seed);
        using var history = new History(world);
        world.Processor.Settle();
        history.CreateSession();
        world.Processor.Settle();
        var watch = world.Disk.Committing!;
        string? prompt = null;
        world.Disk.Committing = (before, after) =>
        {
            watch(before, after);
            if (prompt is not null || Ended(before, after, outcome) is not { } parent || !after.Inbox.ContainsKey(parent))
                return;
            prompt = parent;
            history.Server.Kill();
        };

        Play(outcome, new Scenario.Stage(world, history));
        if (prompt is null)
            return false;
        var answers = Answers(world, prompt);
        world.Plans.Clear();
        world.Plans.Enqueue(ModelPlan.Text);
        history.Rest();
        FinalCheck.Check(world);

        Assert.False(world.IsViolated, world.Report);
        Assert.Equal(outcome == StepOutcome.Continue ? answers + 1 : answers, Answers(world, prompt));
        return true;
    }

    private static void Play(StepOutcome outcome, Scenario.Stage stage)
    {
        stage.Plan(outcome switch
        {
            StepOutcome.Continue => ModelPlan.Call("note"),
            StepOutcome.Rejected => ModelPlan.Call("guarded"),
            StepOutcome.Failed => ModelPlan.Fatal,
            StepOutcome.Aborted => ModelPlan.Hang,
            _ => ModelPlan.Text,
        });
        stage.Prompt();
        if (outcome == StepOutcome.Rejected)
            stage.Answer(PermissionReply.Reject);
        else if (outcome == StepOutcome.Aborted)
            stage.Abort();
    }

    /// <summary>The prompt of a step that has ended in this commit in this way.</summary>
    private static string? Ended(StoreState before, StoreState after, StepOutcome outcome) => after.Messages.Values
        .Where(message => !message.IsOpen && before.Messages.TryGetValue(message.Row.ID, out var known) && known.IsOpen)
        .Where(message => message.Row.Outcome == outcome)
        .Select(static message => ((AssistantMessage)message.Row.ReadInfo()).ParentID)
        .FirstOrDefault();

    private static int Answers(World world, string prompt) => world.Disk.Committed.Messages.Values.Count(
        message => message.Row.ReadInfo() is AssistantMessage answer && answer.ParentID == prompt);
}
