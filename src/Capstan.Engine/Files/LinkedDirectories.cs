namespace Capstan.Engine.Files;

/// <summary>
/// Lists the directories below a folder. Links are followed, because people keep files elsewhere and link to them. Each real
/// directory is entered once, whatever names it has, and only a limited number is entered, so that neither a link to its own
/// parent nor a link to a vast directory makes the search endless (R9).
/// </summary>
internal sealed class LinkedDirectories
{
    private static readonly EnumerationOptions All = new() { AttributesToSkip = 0, IgnoreInaccessible = true };

    private readonly HashSet<(ulong Device, ulong Number)> _entered = [];
    private readonly int _limit;

    /// <param name="limit">How many directories are entered at the most, in all walks of this object together.</param>
    public LinkedDirectories(int limit) => _limit = limit;

    /// <summary>Whether a walk met more directories than the limit.</summary>
    public bool IsCut { get; private set; }

    /// <summary>
    /// Lists the folder and the directories below it, nearer ones first; directories that cannot be read are left out.
    /// </summary>
    /// <param name="folder">The folder; it need not exist.</param>
    /// <param name="depth">How many levels below the folder are entered.</param>
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
                // The list of directories still to be entered is bounded as
                // well: the walk never enters more of them than the limit.
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
