using Capstan.Engine.Permissions;
using Capstan.Engine.Tools.Bash.Grammar;

namespace Capstan.Engine.Tools.Bash;

/// <summary>What a walk through a script finds: commands, paths, and the first construct that is not understood.</summary>
internal sealed class ScriptFindings
{
    // Each path is looked up on the disk, and nobody writes a line with more paths by hand.
    private const int MaxAccesses = 1_000;

    public List<JudgedCommand> Commands { get; } = [];

    public List<PathAccess> Accesses { get; } = [];

    public NotUnderstood? Failure { get; private set; }

    /// <summary>Notes a construct that is not understood; only the first is kept.</summary>
    public void Fail(string construct, int position) => Failure ??= new NotUnderstood(construct, position);

    /// <summary>Notes an assignment that programs see, which is judged like a command.</summary>
    public void AddAssignment(string text, string written) =>
        Commands.Add(new JudgedCommand(new PermissionSubject(text) { Aliases = text == written ? [] : [written] }, null));

    /// <summary>Notes the use of a path, relative to each directory in which the command may run.</summary>
    public void Add(PathUse use, ShellWord word, string? path, DirectorySet from)
    {
        if (path is null || from.Resolve(path) is not { } paths)
            Accesses.Add(new PathAccess(use, null, word.Text));
        else
            Accesses.AddRange(paths.Select(found => new PathAccess(use, found, word.Text)));
        if (Accesses.Count > MaxAccesses)
        {
            Accesses.RemoveRange(MaxAccesses, Accesses.Count - MaxAccesses);
            // The paths beyond the limit are not looked up, so they count as any path.
            Accesses[^1] = new PathAccess(PathUse.Write, null, word.Text);
            Accesses[^2] = new PathAccess(PathUse.Read, null, word.Text);
            Fail("more paths than are looked up", word.Position);
        }
    }
}
