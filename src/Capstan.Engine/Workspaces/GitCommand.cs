namespace Capstan.Engine.Workspaces;

/// <summary>A git command to run.</summary>
/// <param name="Directory">The directory in which git runs.</param>
/// <param name="Arguments">Git's arguments; no shell sees them.</param>
internal sealed record GitCommand(string Directory, params IReadOnlyList<string> Arguments)
{
    /// <summary>Variables that git needs. Of the server's own variables, git gets none that begins with <c>GIT_</c>.</summary>
    public IReadOnlyDictionary<string, string> Variables { get; init; } = new Dictionary<string, string>();

    /// <summary>What git reads from its standard input.</summary>
    public ReadOnlyMemory<byte> Input { get; init; }

    /// <summary>How many bytes git may print; at this number it is killed.</summary>
    public int OutputLimit { get; init; } = 64 * 1024 * 1024;
}
