namespace Capstan.Bench.Client;

/// <summary>A server did not do what the measurement asked; there is no figure to report.</summary>
internal sealed class MeasurementException(string message) : Exception(message);
