namespace Capstan.Engine.Tools.Bash.Grammar;

/// <summary>An assignment, alone or in front of a command.</summary>
/// <param name="Name">The name of the variable.</param>
/// <param name="IsAppended">Whether the value is appended to the old one (<c>+=</c>).</param>
/// <param name="Value">The value; empty for an array.</param>
internal sealed record ShellAssignment(string Name, bool IsAppended, ShellWord Value)
{
    /// <summary>The elements of an array; null where the value is no array.</summary>
    public IReadOnlyList<ShellWord>? Elements { get; init; }

    /// <summary>The words that the shell expands for the assignment.</summary>
    public IEnumerable<ShellWord> Words => Elements ?? [Value];

    /// <summary>The assignment with the quotes of its value removed.</summary>
    public string Text => Name + (IsAppended ? "+=" : "=") + Value.Text;
}
