namespace Capstan.Engine.Configuration.Description;

/// <summary>What the number of a limit counts.</summary>
internal enum LimitUnit
{
    /// <summary>Things, such as retries.</summary>
    Count,

    /// <summary>Milliseconds.</summary>
    Milliseconds,

    /// <summary>Bytes.</summary>
    Bytes,
}
