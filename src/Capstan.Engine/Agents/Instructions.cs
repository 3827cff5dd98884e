using System.Collections.Concurrent;
using Capstan.Engine.Configuration;
using Capstan.Engine.Configuration.Trust;
using Capstan.Engine.Files;

namespace Capstan.Engine.Agents;

/// <summary>
/// Finds and reads instructions for the system prompt:
/// <list type="number">
/// <item>the first that exists of the global <c>AGENTS.md</c> and <c>~/.claude/CLAUDE.md</c>;</item>
/// <item>of the names AGENTS.md, CLAUDE.md and CONTEXT.md the first that exists anywhere from the directory up to the worktree:
/// every file of that name;</item>
/// <item>what the key <c>instructions</c> names: paths and globs, searched for at every level if relative, and addresses.</item>
/// </list>
/// Instructions are read before every model call. So a file is read again only when its time or size has changed, and globs and
/// addresses are looked up again only after a while.
/// </summary>
public sealed class Instructions
{
    private const int MaxBytes = 1 << 20;
    // For all files and pages together. At four characters a token, it is more than models take.
    private const int MaxCharacters = 2 << 20;
    private const int MaxFiles = 200;
    private const int MaxDirectories = 10_000;
    private static readonly TimeSpan FetchLimit = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan GlobsHold = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan FailureHolds = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan PageHolds = TimeSpan.FromMinutes(10);

    private readonly ConcurrentDictionary<string, (long Time, long Size, string Text)> _files = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, (long Until, string? Text)> _pages = new(StringComparer.Ordinal);
    private readonly IReadOnlyList<string> _levels;
    private readonly IReadOnlyList<string> _globalFiles;
    private readonly IReadOnlyList<string> _names;
    private readonly IReadOnlyList<string> _patterns;
    private readonly IReadOnlyList<string> _addresses;
    private readonly HttpClient _http;
    private readonly TimeProvider _time;
    private readonly ProjectFence? _fence;
    private readonly HashSet<string> _ownPatterns;
    private readonly Action<string>? _say;
    private readonly string _place;
    private volatile Expansion? _expansion;

    /// <summary>Creates the reader of a workspace's instructions.</summary>
    /// <param name="config">The workspace's configuration.</param>
    /// <param name="paths">The directories of global files.</param>
    /// <param name="environment">The server's environment.</param>
    /// <param name="directory">The workspace's directory.</param>
    /// <param name="worktree">The project's top.</param>
    /// <param name="http">Fetches addresses.</param>
    /// <param name="time">The clock.</param>
    /// <param name="say">Says a sentence to the operator, each sentence once.</param>
    /// <param name="holdsCredential">
    /// Tells whether an address holds a credential. Such an address is not fetched, unless it was configured outside the project.
    /// </param>
    public Instructions(
        WorkspaceConfig config,
        ConfigPaths paths,
        ProcessEnvironment environment,
        string directory,
        string worktree,
        HttpClient http,
        TimeProvider time,
        Action<string>? say = null,
        Func<string, bool>? holdsCredential = null)
    {
        ArgumentNullException.ThrowIfNull(config);
        ArgumentNullException.ThrowIfNull(paths);
        ArgumentNullException.ThrowIfNull(environment);
        (_http, _time, _say, _place) = (http, time, say, directory);
        var readsClaude = !environment.Flag("OPENCODE_DISABLE_CLAUDE_CODE")
            && !environment.Flag("OPENCODE_DISABLE_CLAUDE_CODE_PROMPT");
        string[] claudeFile = readsClaude ? [Path.Combine(paths.Home, ".claude", "CLAUDE.md")] : [];
        string[] claudeName = readsClaude ? ["CLAUDE.md"] : [];
        _globalFiles = [Path.Combine(paths.Config, "AGENTS.md"), .. claudeFile];
        var usesProject = !environment.Flag("OPENCODE_DISABLE_PROJECT_CONFIG");
        _names = usesProject ? ["AGENTS.md", .. claudeName, "CONTEXT.md"] : [];
        _levels = usesProject ? ConfigLoader.Levels(directory, worktree) : [paths.Config];
        var outside = config.Outside.Texts("instructions") ?? [];
        _addresses = [.. config.Instructions.Where(entry => IsAddress(entry) && (outside.Contains(entry) || holdsCredential?.Invoke(entry) != true))];
        _patterns = [.. config.Instructions.Where(entry => !IsAddress(entry)).Select(paths.ExpandHome)];
        _fence = config.Fence;
        _ownPatterns = [.. outside.Select(paths.ExpandHome)];
    }

    /// <summary>Reads the instructions as they are now. A file or a page that cannot be read is left out.</summary>
    public async ValueTask<IReadOnlyList<Instruction>> ReadAsync(CancellationToken cancellationToken)
    {
        var found = new List<Instruction>();
        var left = MaxCharacters;
        foreach (var path in FindFiles())
        {
            if (ReadFile(path) is { Length: > 0 } text)
                Add(found, new Instruction(path, text), ref left);
        }

        if (_addresses.Count > 0)
        {
            var texts = await Task.WhenAll(_addresses.Select(address => FetchAsync(address, cancellationToken)));
            for (var i = 0; i < texts.Length; i++)
            {
                if (!string.IsNullOrEmpty(texts[i]))
                    Add(found, new Instruction(_addresses[i], texts[i]!), ref left);
            }
        }

        return found;
    }

    private void Add(List<Instruction> found, Instruction instruction, ref int left)
    {
        if (instruction.Text.Length > left)
        {
            Say($"instructions of more than {MaxCharacters >> 20} million characters in all; {instruction.Source} and what else does not fit is left out");
            return;
        }

        left -= instruction.Text.Length;
        found.Add(instruction);
    }

    private void Say(string what) => _say?.Invoke($"{_place} has {what}. Name fewer or smaller files in AGENTS.md and the key instructions.");

    /// <summary>The files that apply now, each once, in order.</summary>
    internal IReadOnlyList<string> FindFiles()
    {
        var paths = new List<string>();
        if (_globalFiles.FirstOrDefault(File.Exists) is { } global)
            paths.Add(global);
        foreach (var name in _names)
        {
            var family = _levels.Select(level => Path.Combine(level, name)).Where(path => File.Exists(path) && IsWithinFence(path)).ToArray();
            paths.AddRange(family);
            if (family.Length > 0)
                break;
        }

        paths.AddRange(ExpandPatterns());
        var files = paths.Distinct(StringComparer.Ordinal).ToArray();
        if (files.Length <= MaxFiles)
            return files;
        Say($"more than {MaxFiles} files of instructions; {files[MaxFiles]} and those behind it are left out");
        return files[..MaxFiles];
    }

    /// <summary>
    /// Whether a restricted project may bring this file into the prompt: the file must lie within the project, also once links
    /// are followed.
    /// </summary>
    private bool IsWithinFence(string path) => _fence is null || _fence.Contains(path);

    private static bool IsAddress(string entry) =>
        entry.StartsWith("https://", StringComparison.Ordinal) || entry.StartsWith("http://", StringComparison.Ordinal);

    private IReadOnlyList<string> ExpandPatterns()
    {
        if (_patterns.Count == 0)
            return [];
        // Expanding a glob walks directories, which would be felt before every model call.
        var now = _time.GetTimestamp();
        if (_expansion is { } known && _time.GetElapsedTime(known.At, now) < GlobsHold)
            return known.Paths;
        var paths = new List<string>();
        foreach (var pattern in _patterns)
        {
            string[] bases = Path.IsPathRooted(pattern) ? ["/"] : [.. _levels];
            var isCut = false;
            foreach (var level in bases)
            {
                // In a restricted project, patterns that were configured outside the project may name files anywhere; but a path
                // within the project must not lead out of it through a link, whoever named it.
                paths.AddRange(Expand(level, pattern, ref isCut)
                    .Where(path => (_ownPatterns.Contains(pattern) && _fence?.Names(path) != true) || IsWithinFence(path)));
            }

            if (isCut)
                Say($"more than {MaxDirectories} directories to look for {pattern} in; files in the others are not found");
        }

        _expansion = new Expansion(now, paths);
        return paths;
    }

    private static List<string> Expand(string folder, string pattern, ref bool isCut)
    {
        // The walk begins below the fixed segments of the pattern: those before the first star name one place.
        var segments = pattern.Split('/', StringSplitOptions.RemoveEmptyEntries);
        var known = segments.TakeWhile(static segment => !segment.Contains('*', StringComparison.Ordinal)).ToArray();
        var path = Path.GetFullPath(Path.Combine([folder, .. known]));
        if (known.Length == segments.Length)
            return File.Exists(path) ? [path] : [];
        var rest = segments[known.Length..];
        var glob = PathGlob.Parse("/" + string.Join('/', rest));
        var depth = rest.Contains("**", StringComparer.Ordinal) ? MaxDirectories : rest.Length - 1;
        var found = new List<string>();
        var directories = new LinkedDirectories(MaxDirectories);
        foreach (var directory in directories.Below(path, depth))
        {
            found.AddRange(Files(directory).Where(file => glob.IsMatch(file.AsSpan(path.Length).TrimStart('/'))));
            if (found.Count > MaxFiles)
                break;
        }

        isCut |= directories.IsCut;
        found.Sort(StringComparer.Ordinal);
        return found;
    }

    private static string[] Files(string directory)
    {
        try
        {
            return Directory.GetFiles(directory, "*", new EnumerationOptions { AttributesToSkip = 0, IgnoreInaccessible = true });
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    private string? ReadFile(string path)
    {
        try
        {
            var file = new FileInfo(path);
            var (changed, size) = (file.LastWriteTimeUtc.Ticks, file.Length);
            if (_files.TryGetValue(path, out var known) && known.Time == changed && known.Size == size)
                return known.Text;
            var text = RegularFile.ReadText(path, MaxBytes);
            _files[path] = (changed, size, text);
            return text;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private async Task<string?> FetchAsync(string address, CancellationToken cancellationToken)
    {
        if (_pages.TryGetValue(address, out var known) && _time.GetTimestamp() < known.Until)
            return known.Text;
        using var limit = new CancellationTokenSource(FetchLimit, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        string? text = null;
        try
        {
            using var response = await _http.GetAsync(new Uri(address), HttpCompletionOption.ResponseHeadersRead, either.Token);
            if (response.IsSuccessStatusCode)
                text = await ReadLimitedAsync(response.Content, either.Token);
        }
        catch (Exception failure) when (failure is HttpRequestException or IOException or UriFormatException
            || (failure is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            // A page that cannot be fetched is left out: the model call goes on without it.
        }

        var holds = text is null ? FailureHolds : PageHolds;
        _pages[address] = (_time.GetTimestamp() + (long)(holds.TotalSeconds * _time.TimestampFrequency), text);
        return text;
    }

    private static async Task<string?> ReadLimitedAsync(HttpContent content, CancellationToken cancellationToken)
    {
        await using var stream = await content.ReadAsStreamAsync(cancellationToken);
        using var buffer = new MemoryStream();
        var chunk = new byte[16_384];
        for (int read; (read = await stream.ReadAsync(chunk, cancellationToken)) > 0;)
        {
            if (buffer.Length + read > MaxBytes)
                return null;
            buffer.Write(chunk, 0, read);
        }

        return System.Text.Encoding.UTF8.GetString(buffer.GetBuffer(), 0, (int)buffer.Length);
    }

    private sealed record Expansion(long At, IReadOnlyList<string> Paths);
}
