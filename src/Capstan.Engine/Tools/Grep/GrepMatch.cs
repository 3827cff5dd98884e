namespace Capstan.Engine.Tools.Grep;

/// <summary>A line that matched.</summary>
/// <param name="Line">Its number, from 1.</param>
/// <param name="Text">Its text with its end, cut where it is too long to show.</param>
internal readonly record struct GrepMatch(long Line, string Text);
