using Capstan.Engine.Storage;

namespace Capstan.Testing.Stores;

/// <summary>One lane of a <see cref="CrashableStore"/>. It remembers nothing between writes.</summary>
internal sealed class CrashableLane(CrashableStore store, int number) : IStoreLane
{
    private bool _isWriting;

    public int Number => number;

    public StoreUpkeep Upkeep => StoreUpkeep.None;

    public void RunUpkeep() => throw new InvalidOperationException("There is nothing to do.");

    public IStoreTransaction Begin(IReadOnlyList<string> sessions)
    {
        var write = store.Call(() =>
        {
            if (_isWriting)
                throw new InvalidOperationException("A write is in progress: the journal writes one at a time in each lane.");
            if (store.Disk.RefusesWrites)
                throw new StoreUnavailableException("The store takes no writes.");
            if (store.Epoch != store.Disk.Epoch)
                throw new StoreFencedException(store.Epoch, store.Disk.Epoch);
            return new CrashableTransaction(store, this, store.Disk.Committed);
        });
        _isWriting = true;
        return write;
    }

    internal void EndWrite() => _isWriting = false;
}
