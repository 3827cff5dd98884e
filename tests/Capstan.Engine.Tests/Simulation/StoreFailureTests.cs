using Capstan.Testing.Stores;
using Xunit;

namespace Capstan.Engine.Tests.Simulation;

/// <summary>Every call of the store, in every scenario, made to fail in turn: the first, the second, … until one plays to its end.</summary>
public sealed class StoreFailureTests(ITestOutputHelper output)
{
    // Each scenario makes more; one whose prompts are refused makes hardly any.
    private const int FewestCalls = 40;

    public static TheoryData<int, StoreFault> Cases { get; } = new(
        from scenario in Enumerable.Range(0, Scenario.All.Count)
        from fault in Enum.GetValues<StoreFault>()
        select (scenario, fault));

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task Whichever_call_of_the_store_fails_nothing_accepted_is_lost_and_nothing_hangs(int scenario, StoreFault fault)
    {
        await SimulatedWorkspace.Loaded;
        var tried = 0;
        var violated = new List<string>();
        for (var call = 1; Strikes(Scenario.All[scenario], call, fault, violated); call++)
            tried = call;
        output.WriteLine($"{Scenario.All[scenario]}, {fault}: {tried} calls");
        Assert.True(tried >= FewestCalls, $"{Scenario.All[scenario]} made {tried} calls of the store: it did not play.");
        Assert.True(violated.Count == 0, $"{violated.Count} of {tried}:\n{string.Join("\n\n", violated.Take(2))}");
    }

    [Fact]
    public async Task R7_Who_waits_for_a_turn_is_told_of_its_end_although_its_answer_was_lost_and_the_next_looks_fail()
    {
        await SimulatedWorkspace.Loaded;
        for (var call = 1; ; call++)
        {
            var world = new World(seed: call) { HasFailed = true };
            using var history = new History(world);
            world.Processor.Settle();
            history.CreateSession();
            world.Processor.Settle();
            world.Disk.Arm(call, StoreFault.FailAfter);
            world.Disk.RefusesWritesAfterFault = true;
            Scenario.Text.Play(new Scenario.Stage(world, history));
            // The look is tried again and again while nothing can be written.
            for (var i = 0; i < 5 && !world.Disk.IsArmed; i++)
            {
                world.Time.Advance(TimeSpan.FromSeconds(40));
                world.Processor.Settle();
            }

            var struck = !world.Disk.IsArmed;
            world.Disk.RefusesWritesAfterFault = false;
            world.Disk.Disarm();
            history.Rest();
            Assert.False(world.IsViolated, $"call {call}\n{world.Report}");
            if (!struck)
                return;
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task R1_A_prompt_that_was_accepted_is_answered_although_its_store_fails_for_an_hour(bool isAborted)
    {
        await SimulatedWorkspace.Loaded;
        var world = new World(seed: 1) { HasFailed = true };
        using var history = new History(world);
        world.Processor.Settle();
        history.CreateSession();
        world.Processor.Settle();
        var stage = new Scenario.Stage(world, history);
        stage.Plan(ModelPlan.Call("slow"), ModelPlan.Text, ModelPlan.Text);
        stage.Prompt();

        world.Disk.IsFailing = true;
        stage.OpenGates();
        if (isAborted)
            stage.Abort();
        for (var i = 0; i < 360; i++)
            stage.PassTime();
        Assert.False(world.IsIdle);
        world.Disk.IsFailing = false;
        history.Rest();

        Assert.False(world.HasCrashed);
        FinalCheck.Check(world);
        Assert.False(world.IsViolated, world.Report);
    }

    [Fact]
    public async Task A_session_whose_work_fails_for_ever_can_be_deleted()
    {
        await SimulatedWorkspace.Loaded;
        var world = new World(seed: 1);
        using var history = new History(world);
        world.Processor.Settle();
        history.CreateSession();
        world.Processor.Settle();
        var stage = new Scenario.Stage(world, history);
        stage.Plan(ModelPlan.Hang);
        stage.Prompt();
        world.IsWorkspaceBroken = true;
        stage.Kill();
        for (var i = 0; i < 30; i++)
            stage.PassTime();
        Assert.False(world.IsIdle);

        stage.Delete();

        Assert.Empty(world.SessionIDs);
        Assert.Single(world.Deleted);
        Assert.Null(world.Time.UntilNextTimer);
    }

    /// <summary>Plays a scenario with a fault in one call.</summary>
    /// <returns>Whether there was such a call.</returns>
    private static bool Strikes(Scenario scenario, int call, StoreFault fault, List<string> violated)
    {
        var world = new World(seed: call) { HasFailed = fault is StoreFault.Fail or StoreFault.FailAfter };
        using var history = new History(world);
        world.Processor.Settle();
        history.CreateSession();
        world.Processor.Settle();
        world.Readers.Add(new SimulatedReader(world, "r1", isSlow: false));
        world.Readers[0].Connect(history.Server);
        world.Processor.Settle();

        world.Disk.Arm(call, fault);
        scenario.Play(new Scenario.Stage(world, history));
        var struck = !world.Disk.IsArmed;
        world.Plans.Clear();
        world.Disk.Disarm();
        history.Rest();
        FinalCheck.Check(world);
        if (world.Prompts.Count(static prompt => prompt.Outcome == SentPrompt.Answer.Failed) > 1)
            world.Violate("one failed call of the store failed more than one prompt");
        if (world.IsViolated)
            violated.Add($"call {call} of {scenario}, {fault}\n{world.Report}");
        return struck;
    }
}
