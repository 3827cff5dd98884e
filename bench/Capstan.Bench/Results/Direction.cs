namespace Capstan.Bench.Results;

/// <summary>Which way is better.</summary>
internal enum Direction
{
    /// <summary>Less is better: time, memory.</summary>
    Lower,

    /// <summary>More is better: rates.</summary>
    Higher,
}
