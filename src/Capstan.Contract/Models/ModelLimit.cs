namespace Capstan.Contract;

/// <summary>The token limits of a model; 0 where unknown.</summary>
/// <param name="Context">The limit of input and output together.</param>
/// <param name="Output">The limit of output.</param>
public sealed record ModelLimit(long Context, long Output)
{
    /// <summary>The limit of input alone; absent where the provider states none.</summary>
    public long? Input { get; init; }
}
