namespace Capstan.Testing.Captures;

/// <summary>A line of a capture: something that happened on the wire of the real server.</summary>
/// <param name="Milliseconds">Since the first line. Order between kinds is good to about 30 ms, between events it is exact.</param>
public abstract record CaptureLine(int Milliseconds);
