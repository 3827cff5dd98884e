namespace Capstan.Engine.Tools.Bash.Grammar;

/// <summary>An assignment, alone or in front of a command.</summary>
/// <param name="Name">The variable.</param>
/// <param name="IsAppended">Whether the value is put behind the old one (<c>+=</c>).</param>
/// <param name="Value">The value.</param>
internal sealed record ShellAssignment(string Name, bool IsAppended, ShellWord Value)
{
    /// <summary>The elements of an array; null where it is none.</summary>
    public IReadOnlyList<ShellWord>? Elements { get; init; }

    /// <summary>The words that are expanded for it.</summary>
    public IEnumerable<ShellWord> Words => Elements ?? [Value];

    /// <summary>The assignment with the quotes of its value removed.</summary>
    public string Text => Name + (IsAppended ? "+=" : "=") + Value.Text;
}
