using Capstan.Engine.Files;

namespace Capstan.Engine.Workspaces;

/// <summary>
/// The git repository around a directory, read from git's own files as far as that is possible without running git.
/// </summary>
/// <param name="Worktree">The top directory of the checkout.</param>
/// <param name="GitDirectory">The git directory of this checkout.</param>
/// <param name="CommonDirectory">The git directory that all checkouts of the repository share.</param>
internal sealed record GitRepository(string Worktree, string GitDirectory, string CommonDirectory)
{
    private const int MaxPointer = 64 * 1024;
    private const int MaxBytes = 1 << 20;
    private static readonly TimeSpan ProcessLimit = TimeSpan.FromSeconds(10);

    /// <summary>
    /// The top directory of the repository's first checkout; of this checkout where there is no first one, as for submodules.
    /// </summary>
    public string MainWorktree => Path.GetFileName(CommonDirectory) == ".git" ? Path.GetDirectoryName(CommonDirectory)! : Worktree;

    /// <summary>
    /// Looks for <c>.git</c>, a directory or a file that points to one, from a directory upwards. The parents of a link's own
    /// path are not the parents of the directory that the link leads to: a checkout counts only if the directory really is in it.
    /// </summary>
    public static GitRepository? Locate(string directory)
    {
        try
        {
            var resolved = PathContainment.Resolve(directory);
            return Locate(directory, resolved) ?? (resolved == directory ? null : Locate(resolved, resolved));
        }
        catch (IOException)
        {
            // A path with links that lead in a circle is in no repository.
            return null;
        }
    }

    /// <summary>
    /// Reads the address of the remote <c>origin</c> from the repository's configuration file; null where there is none.
    /// </summary>
    public string? ReadOrigin() => ReadSetting("[remote\"origin\"]", "url");

    /// <summary>Reads the project identifier that OpenCode keeps in the repository; null where there is none.</summary>
    public string? ReadCachedID() =>
        ReadLines(Path.Combine(CommonDirectory, "opencode")).Select(line => line.Trim()).FirstOrDefault(line => line.Length > 0);

    /// <summary>
    /// Finds the repository's first commit; null where there are no
    /// commits or no git, and where git takes too long or would hang.
    /// </summary>
    public async Task<string?> FindRootCommitAsync(TimeProvider time, CancellationToken cancellationToken)
    {
        if (GitObstacles.Find(this) is not null)
            return null;
        using var limit = new CancellationTokenSource(ProcessLimit, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            var result = await GitProcess.RunAsync(
                new GitCommand(Worktree, "rev-list", "--max-parents=0", "HEAD"), either.Token);
            // A history that was joined from several has several first commits; the least one is the same in every clone.
            var roots = result.Text.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
            return result.IsSuccess ? roots.Min(StringComparer.Ordinal) : null;
        }
        catch (GitException)
        {
            return null;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return null;
        }
    }

    /// <summary>Reads the object format of the repository, where it is not SHA-1; null where it is.</summary>
    public string? ReadObjectFormat() => ReadSetting("[extensions]", "objectformat");

    private static GitRepository? Locate(string directory, string resolved)
    {
        for (var at = directory; at is not null; at = Path.GetDirectoryName(at))
        {
            var git = Path.Combine(at, ".git");
            try
            {
                var gitDirectory = Directory.Exists(git) ? git : File.Exists(git) ? ReadPointer(git, "gitdir:") : null;
                if (gitDirectory is null
                    || !File.Exists(Path.Combine(gitDirectory, "HEAD"))
                    || !PathContainment.IsWithin(resolved, PathContainment.Resolve(at)))
                    continue;
                var common = Path.Combine(gitDirectory, "commondir");
                return new GitRepository(at, gitDirectory, File.Exists(common) ? ReadPointer(common, "") ?? gitDirectory : gitDirectory);
            }
            catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
            {
                // A candidate that cannot be read is skipped; there may be a repository further up.
            }
        }

        return null;
    }

    private string? ReadSetting(string section, string name)
    {
        var isWithin = false;
        foreach (var raw in ReadLines(Path.Combine(CommonDirectory, "config")))
        {
            var line = raw.Trim();
            if (line.StartsWith('['))
                isWithin = string.Concat(line.Split(' ')).StartsWith(section, StringComparison.OrdinalIgnoreCase);
            else if (isWithin && line.IndexOf('=', StringComparison.Ordinal) is var equals and > 0
                && line[..equals].TrimEnd().Equals(name, StringComparison.OrdinalIgnoreCase))
                return line[(equals + 1)..].Trim().Trim('"');
        }

        return null;
    }

    private static string? ReadPointer(string file, string prefix)
    {
        var text = RegularFile.ReadText(file, MaxPointer).Trim();
        return text.StartsWith(prefix, StringComparison.Ordinal) && text.Length > prefix.Length
            ? PathContainment.Resolve(PathContainment.Absolute(text[prefix.Length..].Trim(), Path.GetDirectoryName(file)!))
            : null;
    }

    private static string[] ReadLines(string file)
    {
        try
        {
            return File.Exists(file) ? RegularFile.ReadText(file, MaxBytes).Split('\n') : [];
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }
}
