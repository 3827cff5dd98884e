using Capstan.Contract;

namespace Capstan.Engine.Tests.Simulation;

/// <summary>One thing that people do, step by step, always alike: what a store's failure is tried on, call by call.</summary>
internal sealed record Scenario(string Name, Action<Scenario.Stage> Play)
{
    /// <summary>A turn of text.</summary>
    public static Scenario Text { get; } = new("a turn of text", static stage =>
    {
        stage.Plan(ModelPlan.Text);
        stage.Prompt();
        stage.Prompt();
    });

    /// <summary>A turn with tool calls, and a prompt that joins it.</summary>
    public static Scenario Tools { get; } = new("a turn with tools", static stage =>
    {
        stage.Plan(ModelPlan.Call("note"), ModelPlan.Call("slow"), ModelPlan.Text);
        stage.Prompt();
        stage.Prompt();
        stage.OpenGates();
    });

    /// <summary>A call that a person allows, and one that a person rejects.</summary>
    public static Scenario Permissions { get; } = new("a turn with permissions", static stage =>
    {
        stage.Plan(ModelPlan.Call("guarded"), ModelPlan.Call("guarded"), ModelPlan.Text);
        stage.Prompt();
        stage.Answer(PermissionReply.Once);
        stage.Answer(PermissionReply.Reject);
        stage.Prompt();
    });

    /// <summary>An abort in the middle of an answer, while another prompt waits.</summary>
    public static Scenario Abort { get; } = new("an abort", static stage =>
    {
        stage.Plan(ModelPlan.Hang, ModelPlan.Text);
        stage.Prompt();
        stage.Prompt();
        stage.Abort();
    });

    /// <summary>A model that fails, is asked again, and fails for good.</summary>
    public static Scenario Errors { get; } = new("a model's errors", static stage =>
    {
        stage.Plan(ModelPlan.Retryable, ModelPlan.Text, ModelPlan.Fatal);
        stage.Prompt();
        stage.PassTime();
        stage.Prompt();
    });

    /// <summary>Injections, before and during a turn.</summary>
    public static Scenario Injection { get; } = new("an injection", static stage =>
    {
        stage.Plan(ModelPlan.Call("slow"), ModelPlan.Text);
        stage.Inject();
        stage.Prompt();
        stage.Inject();
        stage.OpenGates();
    });

    /// <summary>A deletion while a turn runs.</summary>
    public static Scenario Delete { get; } = new("a deletion", static stage =>
    {
        stage.Plan(ModelPlan.Call("slow"), ModelPlan.Text);
        stage.Prompt();
        stage.Delete();
    });

    /// <summary>A server that dies in the middle, and its successor.</summary>
    public static Scenario Recovery { get; } = new("a recovery", static stage =>
    {
        stage.Plan(ModelPlan.Call("slow"), ModelPlan.Text);
        stage.Prompt();
        stage.Prompt();
        stage.Kill();
    });

    /// <summary>Prompts that arrive together, so that their writes share a commit.</summary>
    public static Scenario Together { get; } = new("prompts that arrive together", static stage =>
    {
        stage.Plan(ModelPlan.Text);
        stage.Prompts(3);
    });

    /// <summary>All of them.</summary>
    public static IReadOnlyList<Scenario> All { get; } =
        [Text, Tools, Permissions, Abort, Errors, Injection, Delete, Recovery, Together];

    /// <inheritdoc/>
    public override string ToString() => Name;

    /// <summary>The steps that scenarios are made of. Each lets everything happen that can.</summary>
    public sealed class Stage(World world, History history)
    {
        private string? Session => world.SessionIDs.FirstOrDefault();

        public void Plan(params ModelPlan[] plans) => Array.ForEach(plans, world.Plans.Enqueue);

        public void Prompt() => With(sessionID => Send(sessionID, isInjection: false));

        public void Inject() => With(sessionID => Send(sessionID, isInjection: true));

        public void Prompts(int count) => With(sessionID =>
        {
            for (var i = 0; i < count; i++)
                Send(sessionID, isInjection: false);
        });

        public void Abort() => With(history.Abort);

        public void Delete() => With(history.Delete);

        public void Kill() => Then(history.Restart);

        public void Answer(PermissionReply reply) => Then(() =>
        {
            if (world.Disk.Committed.Permissions.Values.FirstOrDefault(static row => row.Answer is null)?.ID is { } requestID)
                history.Reply(requestID, reply, null);
        });

        public void OpenGates() => Then(() =>
        {
            while (world.OpenGate())
                world.Processor.Settle();
        });

        public void PassTime() => Then(() => world.Time.Advance(TimeSpan.FromSeconds(10)));

        private void Send(string sessionID, bool isInjection)
        {
            var (request, text) = history.NewPrompt(messageID: null, isInjection);
            history.Send(sessionID, request, text);
        }

        private void With(Action<string> act) => Then(() =>
        {
            if (Session is { } sessionID)
                act(sessionID);
        });

        private void Then(Action act)
        {
            if (!history.Server.IsUp)
                history.Restart();
            act();
            world.Processor.Settle();
        }
    }
}
