using Capstan.Contract;

namespace Capstan.Engine.Permissions;

/// <summary>One thing that a permission is asked for, as rules are matched with it.</summary>
/// <param name="Text">The text that people and clients see.</param>
public sealed record PermissionSubject(string Text)
{
    /// <summary>Stands for any text that is not known yet. No text that is asked for holds this character itself.</summary>
    public const char Gap = '\uffff';

    /// <summary>Stands for nothing, or for a blank and any text that is not known yet.</summary>
    public const char OptionalGap = '\ufffe';

    /// <summary>
    /// The text that rules are matched with: the text that people see, but with gaps for what is not known yet.
    /// </summary>
    public string Judged { get; init; } = Text;

    /// <summary>
    /// Other names for the same thing. A rule that asks or denies holds for these names, too. A rule that allows does not, since
    /// a rule for one program must not let another program of that name run.
    /// </summary>
    public IReadOnlyList<string> Aliases { get; init; } = [];

    /// <summary>
    /// What is decided where no rule names the subject: ask, or deny. A rule that begins with a wildcard, such as the one for
    /// everything, names nothing, and allows no such subject; a rule that names it, or an alias of it, may. Null, which is the default,
    /// where any rule may allow the subject.
    /// </summary>
    public PermissionAction? Unnamed { get; init; }

    /// <summary>
    /// Whether the subject is a line that was not understood and is asked for as a whole. No pattern allows such a line, apart
    /// from the pattern for everything and the line's own text.
    /// </summary>
    public bool IsWhole { get; init; }
}
