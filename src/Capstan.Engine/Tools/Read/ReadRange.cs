namespace Capstan.Engine.Tools.Read;

/// <summary>Which lines or entries to show.</summary>
/// <param name="Offset">The first, from 1.</param>
/// <param name="Limit">How many at most.</param>
internal sealed record ReadRange(long Offset, long Limit)
{
    /// <summary>How many are shown where nobody says how many.</summary>
    public const int DefaultLimit = 2000;
}
