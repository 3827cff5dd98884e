using Capstan.Contract;
using Microsoft.Extensions.AI;

namespace Capstan.Engine.Turns;

/// <summary>Reads the token usage that a provider reports, and prices it.</summary>
internal static class TokenPrices
{
    /// <summary>
    /// Usage as the wire shows it: cached input is not counted as input, and reasoning is not counted as output.
    /// </summary>
    public static TokenUsage Read(UsageDetails? usage)
    {
        if (usage is null)
            return TokenUsage.Zero;
        var read = usage.CachedInputTokenCount ?? 0;
        var reasoning = usage.ReasoningTokenCount ?? 0;
        return new TokenUsage(
            Math.Max(0, (usage.InputTokenCount ?? 0) - read),
            Math.Max(0, (usage.OutputTokenCount ?? 0) - reasoning),
            reasoning,
            new CacheUsage(read, 0))
        {
            Total = usage.TotalTokenCount,
        };
    }

    /// <summary>
    /// The price in US dollars, computed in decimals because prices are decimal: 0.1 + 0.2 must be 0.3 on a bill.
    /// </summary>
    public static double Price(TokenUsage tokens, ModelCost cost)
    {
        var perMillion =
            (tokens.Input * (decimal)cost.Input)
            + ((tokens.Output + tokens.Reasoning) * (decimal)cost.Output)
            + (tokens.Cache.Read * (decimal)cost.Cache.Read)
            + (tokens.Cache.Write * (decimal)cost.Cache.Write);
        return (double)(perMillion / 1_000_000m);
    }

    /// <summary>The sum of two prices, without the drift of binary fractions.</summary>
    public static double Add(double left, double right) => (double)((decimal)left + (decimal)right);
}
