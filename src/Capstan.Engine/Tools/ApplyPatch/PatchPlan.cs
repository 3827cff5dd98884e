namespace Capstan.Engine.Tools.ApplyPatch;

/// <summary>
/// What a whole patch does to the files as they are now. It is made before anything is written: a patch that cannot be applied as a
/// whole is not applied at all.
/// </summary>
internal sealed class PatchPlan
{
    private readonly Dictionary<string, Planned> _files = new(StringComparer.Ordinal);
    private readonly CancellationToken _cancellationToken;

    private PatchPlan(CancellationToken cancellationToken) => _cancellationToken = cancellationToken;

    /// <summary>The changes, in the order of the patch.</summary>
    public List<PatchedFile> Changes { get; } = [];

    /// <summary>Makes the plan. A change that names a file once more builds on what the patch made of it before.</summary>
    /// <param name="changes">The changes.</param>
    /// <param name="find">Finds the path that a name in the patch stands for.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="ToolException">The patch cannot be applied.</exception>
    public static PatchPlan Make(IReadOnlyList<PatchChange> changes, Func<string, ToolPath> find, CancellationToken cancellationToken)
    {
        var plan = new PatchPlan(cancellationToken);
        foreach (var change in changes)
        {
            var path = find(change.Path);
            plan.Changes.Add(change switch
            {
                PatchChange.Add add => plan.Add(add, path),
                PatchChange.Delete delete => plan.Delete(delete, path),
                PatchChange.Update update => plan.Update(update, path, update.MoveTo is { } target ? find(target) : null),
                _ => throw new InvalidOperationException("There are no other changes."),
            });
        }

        return plan;
    }

    /// <summary>
    /// Writes the files. New texts come first and removals last, so that no text is lost where a disk is full between the two halves
    /// of a move.
    /// </summary>
    /// <returns>The files that were changed, whether each existed before, and whether it exists now.</returns>
    /// <exception cref="ToolException">A file cannot be written; the message names those that were changed before it.</exception>
    public IEnumerable<(ToolPath Path, bool Existed, bool Exists)> Write()
    {
        var changed = new List<string>();
        foreach (var file in _files.Values.Where(static file => file.IsChanged).OrderBy(static file => file.Now is null))
        {
            try
            {
                if (file.Now is { } now)
                    TextFile.Write(file.Path, now.Text, now.HasMark, now.Permissions);
                else
                    TextFile.Remove(file.Path);
            }
            catch (ToolException failure) when (changed.Count > 0)
            {
                throw new ToolException($"{failure.Message}\nThese files were changed already: {string.Join(", ", changed)}", failure);
            }

            changed.Add(file.Path.Named);
            yield return (file.Path, file.Before is not null, file.Now is not null);
        }
    }

    private PatchedFile Add(PatchChange.Add add, ToolPath path)
    {
        var file = File(path);
        var before = file.Now;
        var isMarked = add.Text.StartsWith('\uFEFF');
        file.Now = new TextFile(isMarked ? add.Text[1..] : add.Text, isMarked || before is { HasMark: true }, IsExact: true)
        {
            Permissions = before?.Permissions,
        };
        return Changed(add, path, null, before, file.Now);
    }

    private PatchedFile Delete(PatchChange.Delete delete, ToolPath path)
    {
        var file = File(path);
        var before = file.Now ?? throw new ToolException($"The file to delete does not exist: {path.Named}");
        RefuseLink(path);
        file.Now = null;
        return Changed(delete, path, null, before, null);
    }

    private PatchedFile Update(PatchChange.Update update, ToolPath path, ToolPath? target)
    {
        var file = File(path);
        var before = file.Now ?? throw new ToolException($"The file to update does not exist: {path.Named}");
        if (!before.IsExact)
            throw new ToolException($"The file is not UTF-8 text, and patching it would damage it: {path.Named}");
        var after = before with { Text = PatchedText.Apply(path.Named, before.Text, update.Chunks, _cancellationToken) };
        // A file that is moved to where it is stays there.
        if (target is null || target.Resolved == path.Resolved)
        {
            file.Now = after;
            return Changed(update, path, null, before, after);
        }

        RefuseLink(path);
        var moved = File(target);
        if (moved.Now is not null)
            throw new ToolException($"{path.Named} cannot be moved to {target.Named}, which exists. To replace it, delete it first in the same patch.");
        file.Now = null;
        moved.Now = after;
        return Changed(update, path, target, before, after);
    }

    private static PatchedFile Changed(PatchChange change, ToolPath path, ToolPath? target, TextFile? before, TextFile? after) =>
        new(change, path, target, UnifiedDiff.Between(path.Named, before?.Text ?? "", after?.Text ?? ""));

    // The path that was resolved is the one of the link's target, and to remove that is not what was meant.
    private static void RefuseLink(ToolPath path)
    {
        if (new FileInfo(path.Named).LinkTarget is not null)
            throw new ToolException($"This is a symbolic link, which a patch neither deletes nor moves: {path.Named}");
    }

    private Planned File(ToolPath path)
    {
        if (!_files.TryGetValue(path.Resolved, out var file))
        {
            var before = TextFile.Read(path);
            _files.Add(path.Resolved, file = new Planned(path, before) { Now = before });
        }

        return file;
    }

    private sealed class Planned(ToolPath path, TextFile? before)
    {
        public ToolPath Path => path;

        public TextFile? Before => before;

        public TextFile? Now { get; set; }

        public bool IsChanged => before != Now;
    }
}
