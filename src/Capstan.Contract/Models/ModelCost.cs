namespace Capstan.Contract;

/// <summary>Prices in US dollars for a million tokens.</summary>
/// <param name="Input">Input.</param>
/// <param name="Output">Output, reasoning included.</param>
/// <param name="Cache">Cache reads and writes.</param>
public sealed record ModelCost(double Input, double Output, ModelCacheCost Cache)
{
    /// <summary>Free.</summary>
    public static ModelCost Free { get; } = new(0, 0, new ModelCacheCost(0, 0));
}
