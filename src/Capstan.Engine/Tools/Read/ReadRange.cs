namespace Capstan.Engine.Tools.Read;

/// <summary>Which lines or entries to show.</summary>
/// <param name="Offset">The number of the first line or entry, from 1.</param>
/// <param name="Limit">How many lines or entries at the most.</param>
internal sealed record ReadRange(long Offset, long Limit)
{
    /// <summary>How many lines or entries are shown where the call does not say.</summary>
    public const int DefaultLimit = 2000;
}
