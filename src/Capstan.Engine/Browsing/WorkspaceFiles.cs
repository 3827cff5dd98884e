using System.Diagnostics.CodeAnalysis;
using System.Text.RegularExpressions;
using Capstan.Contract;
using Capstan.Engine.Files;
using Capstan.Engine.Searching;
using Capstan.Engine.Workspaces;

namespace Capstan.Engine.Browsing;

/// <summary>
/// What people see of the files of a workspace: listings, contents, and searches for text and names. Nothing outside of the
/// workspace's directory is read, wherever its links lead (R11).
/// </summary>
/// <remarks>
/// Searches use all processors, so that only four of them run at a time; the others wait for their turn, in which time of theirs
/// does not run yet.
/// </remarks>
[SuppressMessage("Design", "CA1001", Justification = "It lives as long as the server; its semaphore never makes a handle.")]
public sealed class WorkspaceFiles
{
    /// <summary>How many lines a search for text finds (as in OpenCode).</summary>
    internal const int MaxMatches = 10;

    /// <summary>How many names a search may be asked for (as in OpenCode).</summary>
    public const int MaxNames = 200;

    /// <summary>How long a search may take: 30 s.</summary>
    internal static readonly TimeSpan SearchLimit = TimeSpan.FromSeconds(30);

    private const int MaxPlaces = 256;
    private const int MaxShown = 16 * 1024;

    private readonly TimeProvider _time;
    private readonly SemaphoreSlim _searches = new(4);

    internal WorkspaceFiles(TimeProvider time) => _time = time;

    /// <summary>Lists a directory: the 10,000 entries that come first, directories before files, without links.</summary>
    /// <param name="workspace">The workspace.</param>
    /// <param name="path">The directory, relative to the workspace's or absolute; empty for that directory itself.</param>
    /// <param name="cancellationToken">Stops the reading.</param>
    /// <exception cref="WorkspaceReadException">The path leads out of the workspace, or to no directory that can be read.</exception>
    [SuppressMessage("Performance", "CA1822", Justification = "Callers need not know which of these methods has a state.")]
    public IReadOnlyList<FileNode> List(Workspace workspace, string path, CancellationToken cancellationToken) =>
        DirectoryEntries.Read(BrowsedPath.Of(workspace.Directory, path), cancellationToken);

    /// <summary>Opens a file of 32 MiB at most.</summary>
    /// <param name="workspace">The workspace.</param>
    /// <param name="path">The file, relative to the workspace's directory or absolute.</param>
    /// <param name="cancellationToken">Stops the reading.</param>
    /// <returns>The file; null where there is none.</returns>
    /// <exception cref="WorkspaceReadException">The path leads out of the workspace, or to what is no regular file or too large.</exception>
    [SuppressMessage("Performance", "CA1822", Justification = "Callers need not know which of these methods has a state.")]
    public BrowsedFile? Open(Workspace workspace, string path, CancellationToken cancellationToken) =>
        BrowsedFile.Open(BrowsedPath.Of(workspace.Directory, path), cancellationToken);

    /// <summary>
    /// Finds the first 10 lines that match a pattern, by the paths of their files. Binary files, links and
    /// what ignore files name are left out.
    /// </summary>
    /// <remarks>
    /// Of a line, 16 KiB are shown, and of the places in it that match, 256 and together 16 KiB.
    /// </remarks>
    /// <param name="workspace">The workspace.</param>
    /// <param name="pattern">A regular expression without backreferences and lookarounds; the time that it takes is linear to a line's length.</param>
    /// <param name="cancellationToken">Stops the search.</param>
    /// <exception cref="WorkspaceReadException">The pattern cannot be searched for, or the search took longer than 30 s.</exception>
    public Task<IReadOnlyList<TextMatch>> FindTextAsync(Workspace workspace, string pattern, CancellationToken cancellationToken) =>
        SearchAsync<TextMatch>("pattern", workspace, async (root, stop) =>
        {
            var wanted = TextPattern.Parse(pattern);
            var tree = await FileWalk.RunAsync(root, wanted: null, hidden: true, stop);
            var search = new TreeSearch<TextMatch>(wanted, MaxMatches, (number, offset, line) => new TextMatch(
                // The search of a file does not tell its path; the path is put in below.
                new MatchText(""),
                new MatchText(Utf8Text.Shown(line, MaxShown)),
                number,
                offset,
                wanted.Places(line.TrimEnd((byte)'\n'), MaxPlaces, MaxShown, stop)));
            var found = await search.RunAsync(tree.Paths(), stop);
            return
            [
                .. found.SelectMany(file => file.Matches.Select(match => match with { Path = new MatchText(Path.GetRelativePath(root, file.Path)) }))
                    .Take(MaxMatches),
            ];
        }, cancellationToken);

    /// <summary>Finds files and directories by what somebody typed, the best first. Links and what ignore files name are left out.</summary>
    /// <param name="workspace">The workspace.</param>
    /// <param name="query">Words that the paths must hold, or whose characters they must hold in their order; empty for the shortest paths.</param>
    /// <param name="type">What to find: files, directories, or both where null.</param>
    /// <param name="limit">How many are found, from 1 to <see cref="MaxNames"/>.</param>
    /// <param name="cancellationToken">Stops the search.</param>
    /// <returns>Paths relative to the workspace's directory; those of directories end with a slash.</returns>
    /// <exception cref="WorkspaceReadException">The query is too long, or the search took longer than 30 s.</exception>
    public Task<IReadOnlyList<string>> FindNamesAsync(
        Workspace workspace, string query, FileNodeType? type, int limit, CancellationToken cancellationToken) =>
        SearchAsync<string>("query", workspace, async (root, stop) =>
        {
            var search = new NameSearch(NameQuery.Parse(query), type, limit);
            return search.Run(await FileWalk.RunAsync(root, wanted: null, hidden: true, stop), stop);
        }, cancellationToken);

    private async Task<IReadOnlyList<T>> SearchAsync<T>(
        string parameter, Workspace workspace, Func<string, CancellationToken, Task<IReadOnlyList<T>>> search, CancellationToken cancellationToken)
    {
        await _searches.WaitAsync(cancellationToken);
        try
        {
            using var limit = new CancellationTokenSource(SearchLimit, _time);
            using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, limit.Token);
            return await search(PathContainment.Resolve(workspace.Directory), stop.Token);
        }
        catch (SearchPatternException error)
        {
            throw new WorkspaceReadException(WorkspaceReadProblem.Refused, $"{error.Message}\n  at [\"{parameter}\"]", error);
        }
        catch (Exception error) when (error is RegexMatchTimeoutException
            || (error is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            throw new WorkspaceReadException(
                WorkspaceReadProblem.Refused,
                $"The search took longer than {SearchLimit.TotalSeconds} s and was stopped. Use a simpler pattern or a smaller directory.\n  at [\"{parameter}\"]",
                error);
        }
        finally
        {
            _searches.Release();
        }
    }
}
