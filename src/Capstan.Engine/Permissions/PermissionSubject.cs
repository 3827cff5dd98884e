namespace Capstan.Engine.Permissions;

/// <summary>One thing that is asked for, as rules are matched against it.</summary>
/// <param name="Text">The text that people and clients see.</param>
public sealed record PermissionSubject(string Text)
{
    /// <summary>Stands for any text that is not known yet. No text that is asked for holds this character itself.</summary>
    public const char Gap = '\uffff';

    /// <summary>Stands for nothing, or for a blank and any text that is not known yet.</summary>
    public const char OptionalGap = '\ufffe';

    /// <summary>The text that rules are matched with: as it is seen, but with gaps where it is not known yet.</summary>
    public string Judged { get; init; } = Text;

    /// <summary>
    /// Other names for the same thing. A rule that asks or denies holds for them, too; one that allows says nothing, since a rule
    /// for one program must not let another of that name run.
    /// </summary>
    public IReadOnlyList<string> Aliases { get; init; } = [];

    /// <summary>
    /// Whether it is asked for as a whole because it was not understood. Then a pattern says nothing about it, apart from the one
    /// for everything and its very own text.
    /// </summary>
    public bool IsWhole { get; init; }
}
