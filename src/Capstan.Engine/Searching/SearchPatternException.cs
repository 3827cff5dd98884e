namespace Capstan.Engine.Searching;

/// <summary>A pattern cannot be searched for. The message says why, for whoever wrote the pattern.</summary>
internal sealed class SearchPatternException(string message, Exception? inner = null) : Exception(message, inner);
