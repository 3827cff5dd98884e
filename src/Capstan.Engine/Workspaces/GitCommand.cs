namespace Capstan.Engine.Workspaces;

/// <summary>A git command to run.</summary>
/// <param name="Directory">Where it runs.</param>
/// <param name="Arguments">Its arguments; no shell sees them.</param>
internal sealed record GitCommand(string Directory, params IReadOnlyList<string> Arguments)
{
    /// <summary>Variables that it needs; of the server's own, all that begin with <c>GIT_</c> are kept from it.</summary>
    public IReadOnlyDictionary<string, string> Variables { get; init; } = new Dictionary<string, string>();

    /// <summary>What it reads.</summary>
    public ReadOnlyMemory<byte> Input { get; init; }

    /// <summary>Bytes of output after which it is stopped.</summary>
    public int OutputLimit { get; init; } = 64 * 1024 * 1024;
}
