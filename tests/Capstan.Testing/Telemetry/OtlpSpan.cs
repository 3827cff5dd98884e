namespace Capstan.Testing.Telemetry;

/// <summary>A span as a collector received it.</summary>
/// <param name="TraceID">Its trace.</param>
/// <param name="ID">Its identifier.</param>
/// <param name="ParentID">The span that it is a part of; empty for a trace's first.</param>
/// <param name="Name">Its name.</param>
/// <param name="Attributes">Its attributes that are texts.</param>
public sealed record OtlpSpan(string TraceID, string ID, string ParentID, string Name, IReadOnlyDictionary<string, string> Attributes);
