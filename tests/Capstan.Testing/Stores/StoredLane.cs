namespace Capstan.Testing.Stores;

/// <summary>The numbers of the events of one lane, as <see cref="StoreState"/> holds them.</summary>
/// <param name="Last">The number of the newest event; 0 before the first.</param>
/// <param name="First">The number of the oldest event that is kept, or of the next one where none is.</param>
public sealed record StoredLane(long Last, long First);
