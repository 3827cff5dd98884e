namespace Capstan.Bench.Client;

/// <summary>What one reader got of one turn.</summary>
/// <param name="Deltas">How many delta events.</param>
/// <param name="LastAt">The timestamp of the last one.</param>
internal readonly record struct Deliveries(int Deltas, long LastAt);
