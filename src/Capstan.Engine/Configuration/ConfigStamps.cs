namespace Capstan.Engine.Configuration;

/// <summary>
/// The time and size of each file that a configuration was read from, or would have been read from had it existed. With these, a
/// few dozen look-ups tell whether the configuration is up to date.
/// </summary>
internal sealed class ConfigStamps
{
    private readonly Dictionary<string, (long Time, long Size)> _seen = new(StringComparer.Ordinal);

    public void Add(string path) => _seen.TryAdd(path, Stamp(path));

    /// <summary>Whether any of the files has changed, appeared or gone.</summary>
    public bool HaveChanged()
    {
        foreach (var (path, stamp) in _seen)
        {
            if (Stamp(path) != stamp)
                return true;
        }

        return false;
    }

    private static (long Time, long Size) Stamp(string path)
    {
        var file = new FileInfo(path);
        if (file.Exists)
            return (file.LastWriteTimeUtc.Ticks, file.Length);
        // A directory's time changes when an entry comes or goes, which is how a new definition is noticed.
        var directory = new DirectoryInfo(path);
        return directory.Exists ? (directory.LastWriteTimeUtc.Ticks, -1) : (0, -2);
    }
}
