namespace Capstan.Testing.Servers;

/// <summary>How a <see cref="CapstanProcess"/> is started beyond what every one needs.</summary>
public sealed record CapstanProcessOptions
{
    /// <summary>Further options of <c>capstan serve</c>.</summary>
    public IReadOnlyList<string> Arguments { get; init; } = [];

    /// <summary>Further environment variables.</summary>
    public IReadOnlyDictionary<string, string> Variables { get; init; } = new Dictionary<string, string>();
}
