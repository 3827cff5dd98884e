namespace Capstan.Engine.Tools.ApplyPatch;

/// <summary>One change of a patch, as it turns out for the file that it names.</summary>
/// <param name="Change">The change.</param>
/// <param name="Path">The file.</param>
/// <param name="Target">Where the file is moved; null where it stays.</param>
/// <param name="Diff">How its text changes.</param>
internal sealed record PatchedFile(PatchChange Change, ToolPath Path, ToolPath? Target, UnifiedDiff Diff)
{
    /// <summary>The kind of change, as clients know it.</summary>
    public string Kind => Change switch
    {
        PatchChange.Add => "add",
        PatchChange.Delete => "delete",
        _ => Target is null ? "update" : "move",
    };

    /// <summary>The letter by which the result names the kind of change.</summary>
    public char Letter => Change switch
    {
        PatchChange.Add => 'A',
        PatchChange.Delete => 'D',
        _ => 'M',
    };

    /// <summary>The path that the file has afterwards.</summary>
    public ToolPath Final => Target ?? Path;
}
