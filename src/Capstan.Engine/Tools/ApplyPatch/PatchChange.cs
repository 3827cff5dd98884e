namespace Capstan.Engine.Tools.ApplyPatch;

/// <summary>What a patch says of one file.</summary>
/// <param name="Path">The file, as the patch names it.</param>
internal abstract record PatchChange(string Path)
{
    /// <summary>The file gets this text, whether it exists or not.</summary>
    public sealed record Add(string Path, string Text) : PatchChange(Path);

    /// <summary>The file is removed.</summary>
    public sealed record Delete(string Path) : PatchChange(Path);

    /// <summary>The file is changed at some places, and then moved where <paramref name="MoveTo"/> names another path.</summary>
    public sealed record Update(string Path, string? MoveTo, IReadOnlyList<PatchChunk> Chunks) : PatchChange(Path);
}
