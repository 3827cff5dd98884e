namespace Capstan.Engine.Agents;

/// <summary>The prompts that are shipped with the engine, kept as text files beside the code.</summary>
internal static class PromptText
{
    public static string Base { get; } = Read("base");

    public static string Explore { get; } = Read("explore");

    public static string Title { get; } = Read("title");

    public static string Compaction { get; } = Read("compaction");

    public static string Summary { get; } = Read("summary");

    public static string PlanReminder { get; } = Read("plan-reminder");

    public static string BuildReminder { get; } = Read("build-reminder");

    public static string LastStep { get; } = Read("last-step");

    public static string TitleRequest { get; } = Read("title-request");

    private static string Read(string name)
    {
        using var stream = typeof(PromptText).Assembly.GetManifestResourceStream($"Prompts/{name}.md")
            ?? throw new InvalidOperationException($"The prompt {name} is missing from the assembly.");
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd().Trim();
    }
}
