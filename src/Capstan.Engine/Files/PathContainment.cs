using System.Text;

namespace Capstan.Engine.Files;

/// <summary>
/// Finds where a path really leads. Every symbolic link in the path is followed first, also above a last segment that does not
/// exist yet, so that neither <c>..</c> nor a link can make a path outside a directory look like one inside it (R11).
/// </summary>
internal static class PathContainment
{
    // Linux follows as many links in one path before it answers ELOOP.
    private const int MaxLinks = 40;

    // Linux accepts paths of this length. A longer path could not be opened, and resolving it would take long.
    private const int MaxBytes = 4095;

    /// <summary>Makes a path absolute, relative to a directory, without reading the disk.</summary>
    public static string Absolute(string path, string directory)
    {
        if (path.Contains('\0', StringComparison.Ordinal))
        {
            throw new IOException("a path may not hold a NUL character");
        }

        var absolute = Path.IsPathRooted(path) ? path : Path.Combine(directory, path);
        RequireLength(absolute);
        return absolute;
    }

    /// <summary>Resolves all links, <c>.</c> and <c>..</c> of a path segment by segment, as the kernel would.</summary>
    /// <param name="path">An absolute path; its last segments need not exist.</param>
    /// <exception cref="IOException">Links lead in a circle, or the path is too long.</exception>
    public static string Resolve(string path) => Resolve(path, out _);

    /// <param name="path">An absolute path; its last segments need not exist.</param>
    /// <param name="isOfProcess">
    /// Whether the path has a link of <c>/proc</c> in it, which leads elsewhere for another process.
    /// </param>
    /// <inheritdoc cref="Resolve(string)"/>
    public static string Resolve(string path, out bool isOfProcess)
    {
        RequireLength(path);
        isOfProcess = false;
        var pending = new Stack<string>();
        Push(pending, path);
        var resolved = "/";
        var links = 0;
        while (pending.TryPop(out var segment))
        {
            if (segment == ".")
                continue;
            if (segment == "..")
            {
                // Links before this point are followed already, so this is the parent of the directory that they led to.
                resolved = Path.GetDirectoryName(resolved) ?? "/";
                continue;
            }

            var next = resolved == "/" ? "/" + segment : resolved + "/" + segment;
            var target = new FileInfo(next).LinkTarget;
            if (target is null)
            {
                resolved = next;
                continue;
            }

            isOfProcess |= next.StartsWith("/proc/", StringComparison.Ordinal);
            if (++links > MaxLinks)
            {
                throw new IOException($"Too many levels of symbolic links: {path}");
            }

            if (Path.IsPathRooted(target))
                resolved = "/";
            Push(pending, target);
        }

        return resolved;
    }

    /// <summary>Whether a resolved path is the directory itself or a path below it.</summary>
    public static bool IsWithin(string resolved, string resolvedDirectory) =>
        resolvedDirectory == "/"
        || resolved == resolvedDirectory
        || (resolved.Length > resolvedDirectory.Length
            && resolved[resolvedDirectory.Length] == '/'
            && resolved.StartsWith(resolvedDirectory, StringComparison.Ordinal));

    /// <summary>Whether a resolved path belongs to the workspace: to the session's directory or to the worktree.</summary>
    /// <param name="resolved">A path that <see cref="Resolve(string)"/> returned.</param>
    /// <param name="directory">The session's directory.</param>
    /// <param name="worktree">
    /// The top directory of the checkout; <c>/</c> means that there is no repository, and contains nothing.
    /// </param>
    public static bool IsInside(string resolved, string directory, string worktree) => RootOf(resolved, directory, worktree) is not null;

    /// <summary>
    /// Returns the directory that a resolved path belongs to, itself resolved:
    /// the session's directory or the worktree; null where neither.
    /// </summary>
    /// <inheritdoc cref="IsInside"/>
    public static string? RootOf(string resolved, string directory, string worktree)
    {
        var own = Resolve(directory);
        if (IsWithin(resolved, own))
            return own;
        return worktree != "/" && Resolve(worktree) is var top && IsWithin(resolved, top) ? top : null;
    }

    private static void RequireLength(string path)
    {
        if (path.Length > MaxBytes || Encoding.UTF8.GetByteCount(path) > MaxBytes)
            throw new PathTooLongException($"a path may have {MaxBytes} bytes at most");
    }

    private static void Push(Stack<string> pending, string path)
    {
        var segments = path.Split('/', StringSplitOptions.RemoveEmptyEntries);
        for (var i = segments.Length - 1; i >= 0; i--)
        {
            pending.Push(segments[i]);
        }
    }
}
