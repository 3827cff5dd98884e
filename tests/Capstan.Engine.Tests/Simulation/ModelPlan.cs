namespace Capstan.Engine.Tests.Simulation;

/// <summary>What the model does in its next call, where a scenario says so; otherwise chance does.</summary>
internal sealed record ModelPlan(string Kind, string? Tool = null)
{
    public static ModelPlan Text { get; } = new("text");

    public static ModelPlan Hang { get; } = new("hang");

    public static ModelPlan Retryable { get; } = new("retryable");

    public static ModelPlan Fatal { get; } = new("fatal");

    public static ModelPlan Call(string tool) => new("call", tool);
}
