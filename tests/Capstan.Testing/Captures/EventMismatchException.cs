namespace Capstan.Testing.Captures;

/// <summary>A stream of events is not what was captured.</summary>
public sealed class EventMismatchException(string report) : Exception(report);
