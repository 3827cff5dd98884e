namespace Capstan.Contract;

/// <summary>The prices of a model, in US dollars for a million tokens.</summary>
/// <param name="Input">The price of input tokens.</param>
/// <param name="Output">The price of output tokens, reasoning included.</param>
/// <param name="Cache">The prices of cache reads and writes.</param>
public sealed record ModelCost(double Input, double Output, ModelCacheCost Cache)
{
    /// <summary>The prices of a model that costs nothing.</summary>
    public static ModelCost Free { get; } = new(0, 0, new ModelCacheCost(0, 0));
}
