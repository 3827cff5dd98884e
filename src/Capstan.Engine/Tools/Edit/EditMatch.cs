namespace Capstan.Engine.Tools.Edit;

/// <summary>A place in a file that was found, and what comes there.</summary>
internal readonly record struct EditMatch(int Start, int Length, string Replacement);
