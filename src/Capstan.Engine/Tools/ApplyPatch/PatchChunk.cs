namespace Capstan.Engine.Tools.ApplyPatch;

/// <summary>Lines of a file that stay, go and come at one place.</summary>
/// <param name="Number">The number of the chunk's first line in the patch, from 1; for messages.</param>
/// <param name="Anchors">Lines of the file that stand above the place, outermost first: what follows <c>@@</c>.</param>
/// <param name="Lines">The lines at the place; there is at least one.</param>
/// <param name="IsAtEnd">Whether the patch says that the place is the end of the file.</param>
internal sealed record PatchChunk(int Number, IReadOnlyList<string> Anchors, IReadOnlyList<PatchLine> Lines, bool IsAtEnd)
{
    /// <summary>The lines that the file must have at the place.</summary>
    public IReadOnlyList<string> Old { get; } = [.. Lines.Where(static line => line.Sign != '+').Select(static line => line.Text)];
}
