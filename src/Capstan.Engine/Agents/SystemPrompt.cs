namespace Capstan.Engine.Agents;

/// <summary>Puts the system prompt together, in OpenCode's order, as one text.</summary>
internal static class SystemPrompt
{
    /// <summary>
    /// The pieces of the system prompt, joined by line breaks: the agent's prompt or else the general one, the surroundings, the
    /// instructions each under a line that names their source, what MCP servers say of themselves, the skills, the form of the
    /// answer, and what the user message adds.
    /// </summary>
    public static string Compose(SystemPromptParts parts)
    {
        ArgumentNullException.ThrowIfNull(parts);
        var pieces = new List<string>
        {
            string.IsNullOrEmpty(parts.Agent.Prompt) ? PromptText.Base : parts.Agent.Prompt,
            parts.Surroundings.Describe(parts.Model, parts.Today),
        };
        pieces.AddRange(parts.Instructions.Select(instruction => $"Instructions from: {instruction.Source}\n{instruction.Text}"));
        pieces.AddRange(parts.McpInstructions);
        pieces.AddRange(new[] { parts.Skills, parts.OutputFormat, parts.System }.OfType<string>().Where(piece => piece.Length > 0));
        return string.Join('\n', pieces);
    }
}
