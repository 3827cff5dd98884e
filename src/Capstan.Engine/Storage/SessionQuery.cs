namespace Capstan.Engine.Storage;

/// <summary>Which sessions to list; a property that is null does not filter.</summary>
public sealed record SessionQuery
{
    /// <summary>The project of the sessions.</summary>
    public string? ProjectID { get; init; }

    /// <summary>The exact directory of the sessions.</summary>
    public string? Directory { get; init; }

    /// <summary>A path within the project: sessions at that path and below it are listed.</summary>
    public string? Path { get; init; }

    /// <summary>The parent of the sessions.</summary>
    public string? ParentID { get; init; }

    /// <summary>Only sessions without a parent.</summary>
    public bool RootsOnly { get; init; }

    /// <summary>Only sessions that changed at or after this moment, in Unix milliseconds.</summary>
    public long? UpdatedSince { get; init; }

    /// <summary>Text that the title contains, in upper or lower case.</summary>
    public string? Search { get; init; }

    /// <summary>How many sessions to list at the most.</summary>
    public int Limit { get; init; } = 100;
}
