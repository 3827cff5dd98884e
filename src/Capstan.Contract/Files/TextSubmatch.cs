namespace Capstan.Contract;

/// <summary>A place in a line that matches. The offsets count bytes of the line's text in UTF-8.</summary>
/// <param name="Match">The text that matches.</param>
/// <param name="Start">The offset of its first byte, from 0.</param>
/// <param name="End">The offset behind its last byte.</param>
public sealed record TextSubmatch(MatchText Match, int Start, int End);
