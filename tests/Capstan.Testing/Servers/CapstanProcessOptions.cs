namespace Capstan.Testing.Servers;

/// <summary>How a <see cref="CapstanProcess"/> is started beyond what every one needs.</summary>
public sealed record CapstanProcessOptions
{
    /// <summary>Further options of <c>capstan serve</c>.</summary>
    public IReadOnlyList<string> Arguments { get; init; } = [];

    /// <summary>Leaves its standard error unread, as a program may that starts a server; the default reads all of it.</summary>
    public bool IsSilent { get; init; }

    /// <summary>Further environment variables.</summary>
    public IReadOnlyDictionary<string, string> Variables { get; init; } = new Dictionary<string, string>();
}
