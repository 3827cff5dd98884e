namespace Capstan.Engine.Tools.ApplyPatch;

/// <summary>One line of a chunk.</summary>
/// <param name="Sign">A blank for a line that stays, <c>-</c> for one that goes, <c>+</c> for one that comes.</param>
/// <param name="Text">The line without its sign and without its line end.</param>
internal readonly record struct PatchLine(char Sign, string Text);
