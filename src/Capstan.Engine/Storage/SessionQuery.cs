namespace Capstan.Engine.Storage;

/// <summary>Which sessions to list; what is null does not filter.</summary>
public sealed record SessionQuery
{
    /// <summary>The project.</summary>
    public string? ProjectID { get; init; }

    /// <summary>The exact directory.</summary>
    public string? Directory { get; init; }

    /// <summary>A path within the project: that path and all below it.</summary>
    public string? Path { get; init; }

    /// <summary>The parent session.</summary>
    public string? ParentID { get; init; }

    /// <summary>Only sessions without a parent.</summary>
    public bool RootsOnly { get; init; }

    /// <summary>Only those changed at or after this moment, in Unix milliseconds.</summary>
    public long? UpdatedSince { get; init; }

    /// <summary>Text that the title contains, whatever its case.</summary>
    public string? Search { get; init; }

    /// <summary>How many at the most.</summary>
    public int Limit { get; init; } = 100;
}
