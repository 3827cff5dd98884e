namespace Capstan.Engine.Files;

/// <summary>
/// The directories below a folder. Links are followed, since people keep files elsewhere and link to them; each real directory is
/// entered once, by whatever names it can be reached, and no more than a limit, so that neither a link to its own parent nor one to
/// something vast makes the search endless (R9).
/// </summary>
internal sealed class LinkedDirectories
{
    private static readonly EnumerationOptions All = new() { AttributesToSkip = 0, IgnoreInaccessible = true };

    private readonly HashSet<(ulong Device, ulong Number)> _entered = [];
    private readonly int _limit;

    /// <param name="limit">How many directories are entered at most, in all walks together.</param>
    public LinkedDirectories(int limit) => _limit = limit;

    /// <summary>Whether there was more than the limit.</summary>
    public bool IsCut { get; private set; }

    /// <summary>The folder and what is below it, nearer ones first; those that may not be looked at are left out.</summary>
    /// <param name="folder">The folder; it need not exist.</param>
    /// <param name="depth">How many levels below the folder.</param>
    public IEnumerable<string> Below(string folder, int depth)
    {
        var level = new List<string> { folder };
        for (; level.Count > 0; depth--)
        {
            var next = new List<string>();
            foreach (var directory in level)
            {
                if (!Enter(directory))
                    continue;
                if (IsCut)
                    yield break;
                yield return directory;
                // What waits is bounded as well: each of these would be entered at least.
                if (depth > 0)
                    next.AddRange(Inner(directory).Take(_limit + 1 - Math.Min(_limit, next.Count)));
            }

            next.Sort(StringComparer.Ordinal);
            level = next;
        }
    }

    private bool Enter(string directory)
    {
        try
        {
            if (Posix.Status(Posix.Anywhere, directory, follow: true) is not { IsDirectory: true } found || !_entered.Add(found.Identity))
                return false;
            IsCut |= _entered.Count > _limit;
            return true;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    private static string[] Inner(string directory)
    {
        try
        {
            return Directory.GetDirectories(directory, "*", All);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }
}
