namespace Capstan.Engine.Tools.Grep;

/// <summary>A line that matched.</summary>
/// <param name="Line">The line's number, from 1.</param>
/// <param name="Text">The line's text with its line end, cut where it is too long to show.</param>
internal readonly record struct GrepMatch(long Line, string Text);
