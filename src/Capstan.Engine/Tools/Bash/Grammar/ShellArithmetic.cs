namespace Capstan.Engine.Tools.Bash.Grammar;

/// <summary>
/// An arithmetic expression of numbers, operators and names. The shell evaluates the value of
/// a name as an expression in its turn, and a subscript in that value can run commands. An
/// expression is therefore harmless only if each of its names can hold only a number.
/// </summary>
/// <param name="Names">The variables that the expression reads, positional parameters included.</param>
/// <param name="Position">Where the expression begins, in characters from the start of the script.</param>
internal sealed record ShellArithmetic(IReadOnlyList<string> Names, int Position);
