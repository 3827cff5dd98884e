namespace Capstan.Contract;

/// <summary>Tokens that model calls used.</summary>
/// <param name="Input">Input tokens that were neither read from nor written to a cache.</param>
/// <param name="Output">Output tokens without reasoning.</param>
/// <param name="Reasoning">Reasoning tokens.</param>
/// <param name="Cache">Tokens read from and written to the provider's prompt cache.</param>
public sealed record TokenUsage(long Input, long Output, long Reasoning, CacheUsage Cache)
{
    /// <summary>The usage of no tokens.</summary>
    public static TokenUsage Zero { get; } = new(0, 0, 0, new CacheUsage(0, 0));

    /// <summary>The provider's own total; absent where it gives none.</summary>
    public long? Total { get; init; }

    /// <summary>Returns the sum of two usages, without a total, as sessions have it.</summary>
    public TokenUsage Add(TokenUsage other) => new(
        Input + other.Input,
        Output + other.Output,
        Reasoning + other.Reasoning,
        new CacheUsage(Cache.Read + other.Cache.Read, Cache.Write + other.Cache.Write));
}
