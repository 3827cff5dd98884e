namespace Capstan.Engine.Tools;

/// <summary>One change of a file at a time, whichever session asks. Keyed by resolved path; holds nothing for files at rest.</summary>
internal sealed class FileLocks
{
    private readonly Dictionary<string, Entry> _entries = new(StringComparer.Ordinal);

    /// <summary>Waits for the file's turn; disposing the result gives it on.</summary>
    public async Task<IDisposable> EnterAsync(string resolvedPath, CancellationToken cancellationToken)
    {
        Entry entry;
        lock (_entries)
        {
            if (!_entries.TryGetValue(resolvedPath, out entry!))
                _entries.Add(resolvedPath, entry = new Entry(this, resolvedPath));
            entry.Users++;
        }

        try
        {
            await entry.Turn.WaitAsync(cancellationToken);
            return entry;
        }
        catch (OperationCanceledException)
        {
            Leave(entry);
            throw;
        }
    }

    private void Leave(Entry entry)
    {
        lock (_entries)
        {
            if (--entry.Users == 0)
                _entries.Remove(entry.Path);
        }
    }

    private sealed class Entry(FileLocks owner, string path) : IDisposable
    {
        public string Path => path;

        public SemaphoreSlim Turn { get; } = new(1, 1);

        public int Users { get; set; }

        public void Dispose()
        {
            Turn.Release();
            owner.Leave(this);
        }
    }
}
