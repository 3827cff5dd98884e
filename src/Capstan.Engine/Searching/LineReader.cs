namespace Capstan.Engine.Searching;

/// <summary>Makes the result of a search from a line that matches.</summary>
/// <param name="number">The line's number, from 1.</param>
/// <param name="offset">The offset of the line's first byte in the file, from 0.</param>
/// <param name="line">The line with its line end; the bytes are only valid during the call.</param>
internal delegate T LineReader<out T>(long number, long offset, ReadOnlySpan<byte> line);
