using Capstan.Engine.Permissions;
using Capstan.Engine.Tools.Bash.Grammar;

namespace Capstan.Engine.Tools.Bash;

/// <summary>What is found while a script is gone through.</summary>
internal sealed class ScriptFindings
{
    // Each is looked up on the disk, and nobody names more by hand.
    private const int MaxAccesses = 1_000;

    public List<JudgedCommand> Commands { get; } = [];

    public List<PathAccess> Accesses { get; } = [];

    public NotUnderstood? Failure { get; private set; }

    /// <summary>Notes that something is not understood; the first counts.</summary>
    public void Fail(string construct, int position) => Failure ??= new NotUnderstood(construct, position);

    /// <summary>Notes a command that is no program: an assignment that programs see.</summary>
    public void AddAssignment(string text, string written) =>
        Commands.Add(new JudgedCommand(new PermissionSubject(text) { Aliases = text == written ? [] : [written] }, null));

    /// <summary>Notes the use of a path from wherever the command may be.</summary>
    public void Add(PathUse use, ShellWord word, string? path, DirectorySet from)
    {
        if (path is null || from.Resolve(path) is not { } paths)
            Accesses.Add(new PathAccess(use, null, word.Text));
        else
            Accesses.AddRange(paths.Select(found => new PathAccess(use, found, word.Text)));
        if (Accesses.Count > MaxAccesses)
        {
            Accesses.RemoveRange(MaxAccesses, Accesses.Count - MaxAccesses);
            // What is not looked up may be any path.
            Accesses[^1] = new PathAccess(PathUse.Write, null, word.Text);
            Accesses[^2] = new PathAccess(PathUse.Read, null, word.Text);
            Fail("more paths than are looked up", word.Position);
        }
    }
}
