namespace Capstan.Engine.Tools.Edit;

/// <summary>A place in a file where the text was found, and the text that replaces it there.</summary>
internal readonly record struct EditMatch(int Start, int Length, string Replacement);
