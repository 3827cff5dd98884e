using System.Collections.Concurrent;

namespace Capstan.Engine.Workspaces;

/// <summary>
/// The workspaces in use, one a directory, each loaded by the first request for it.
/// <code>
///   absent ──GetAsync──► loading ──► loaded ──Dispose, or stale when a turn starts──► absent
///      ▲                    │
///      └────── failed ──────┘        all who asked during the load get its failure; the next request loads anew
/// </code>
/// Whoever holds a workspace may go on using it after it was replaced, because a workspace never changes.
/// </summary>
public sealed class WorkspaceCatalogue
{
    // Directories come from requests: without a bound, a client that asks for many directories would fill the memory.
    private const int MaxWorkspaces = 512;

    private readonly ConcurrentDictionary<string, Entry> _entries = new(StringComparer.Ordinal);
    private readonly Func<string, Task<Workspace>> _load;
    private long _uses;

    /// <summary>Creates an empty catalogue.</summary>
    internal WorkspaceCatalogue(WorkspaceLoader loader)
        : this(directory => loader.LoadAsync(directory, CancellationToken.None))
    {
    }

    internal WorkspaceCatalogue(Func<string, Task<Workspace>> load) => _load = load;

    /// <summary>The directories whose workspaces are loaded or being loaded.</summary>
    public IReadOnlyCollection<string> Directories => [.. _entries.Keys];

    /// <summary>Returns the workspace of a directory, and loads it if it is not loaded.</summary>
    /// <param name="directory">The directory; it need not exist. A relative path starts at the server's own directory.</param>
    /// <param name="cancellationToken">Stops this call; the load goes on for others.</param>
    /// <exception cref="Configuration.ConfigException">
    /// A configuration file cannot be used. The next call loads the workspace again.
    /// </exception>
    public async Task<Workspace> GetAsync(string directory, CancellationToken cancellationToken)
    {
        var key = Normalise(directory);
        var entry = _entries.GetOrAdd(key, static (path, self) => new Entry(self, path), this);
        entry.LastUse = Interlocked.Increment(ref _uses);
        if (_entries.Count > MaxWorkspaces)
            Trim(key);
        try
        {
            return await entry.Load.Value.WaitAsync(cancellationToken);
        }
        catch when (entry.Load.Value.IsCompleted && !entry.Load.Value.IsCompletedSuccessfully)
        {
            Remove(key, entry);
            throw;
        }
    }

    /// <summary>
    /// Returns the workspace of a directory as its files are now. Call it when a turn starts, so that a changed configuration
    /// holds from the next turn on without a restart.
    /// </summary>
    /// <inheritdoc cref="GetAsync"/>
    public async Task<Workspace> GetCurrentAsync(string directory, CancellationToken cancellationToken)
    {
        var key = Normalise(directory);
        var known = _entries.GetValueOrDefault(key);
        var workspace = await GetAsync(key, cancellationToken);
        // A workspace that this very call loaded cannot be stale.
        if (known is null || !workspace.Config.IsStale())
            return workspace;
        Remove(key, known);
        return await GetAsync(key, cancellationToken);
    }

    /// <summary>Forgets a directory's workspace; the next request loads it anew.</summary>
    /// <returns>Whether the workspace was in the catalogue.</returns>
    public bool Dispose(string directory) => _entries.TryRemove(Normalise(directory), out _);

    /// <summary>Forgets all workspaces and returns their directories.</summary>
    public IReadOnlyList<string> DisposeAll()
    {
        var removed = new List<string>();
        foreach (var directory in _entries.Keys)
        {
            if (_entries.TryRemove(directory, out _))
                removed.Add(directory);
        }

        return removed;
    }

    private static string Normalise(string directory)
    {
        ArgumentException.ThrowIfNullOrEmpty(directory);
        return Path.TrimEndingDirectorySeparator(Path.GetFullPath(directory));
    }

    private void Trim(string keep)
    {
        var oldest = _entries.Where(pair => pair.Key != keep).MinBy(pair => pair.Value.LastUse);
        if (oldest.Value is not null)
            Remove(oldest.Key, oldest.Value);
    }

    // Removes only this very entry: another one for the same directory may already be loading.
    private void Remove(string key, Entry entry) => _entries.TryRemove(KeyValuePair.Create(key, entry));

    private sealed class Entry(WorkspaceCatalogue owner, string directory)
    {
        public Lazy<Task<Workspace>> Load { get; } = new(() => owner._load(directory));

        public long LastUse { get; set; }
    }
}
