namespace Capstan.Bench.Client;

/// <summary>Takes one line of an event stream.</summary>
/// <param name="line">The line without its end.</param>
/// <param name="timestamp">A <see cref="System.Diagnostics.Stopwatch"/> timestamp of its arrival.</param>
internal delegate void EventLineHandler(ReadOnlySpan<byte> line, long timestamp);
