namespace Capstan.Engine.Storage;

/// <summary>Another process has taken the store over; this process must not write any more.</summary>
public sealed class StoreFencedException(long ownEpoch, long currentEpoch)
    : Exception($"This process owned the store in epoch {ownEpoch}, but epoch {currentEpoch} owns it now. Restart this server.");
