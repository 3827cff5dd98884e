namespace Capstan.Contract;

/// <summary>Token limits; 0 where unknown.</summary>
/// <param name="Context">Input and output together.</param>
/// <param name="Output">Output.</param>
public sealed record ModelLimit(long Context, long Output)
{
    /// <summary>Input alone, where the provider states it.</summary>
    public long? Input { get; init; }
}
