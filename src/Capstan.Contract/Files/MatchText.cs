namespace Capstan.Contract;

/// <summary>A text of a search result, in the form that ripgrep gives it.</summary>
/// <param name="Text">The text. Bytes that are not UTF-8 are replaced by U+FFFD.</param>
public sealed record MatchText(string Text);
