namespace Capstan.Engine.Agents;

/// <summary>One text of instructions.</summary>
/// <param name="Source">The file's absolute path, or the address.</param>
/// <param name="Text">The text.</param>
public sealed record Instruction(string Source, string Text);
