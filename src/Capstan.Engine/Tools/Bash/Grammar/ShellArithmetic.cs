namespace Capstan.Engine.Tools.Bash.Grammar;

/// <summary>
/// An arithmetic expression of numbers, operators and names. The value of a name is evaluated as an expression in its turn, and
/// one with a subscript runs what stands there: so an expression is only harmless when each of its names can hold but numbers.
/// </summary>
/// <param name="Names">The variables that it reads, positional parameters included.</param>
/// <param name="Position">Where it begins.</param>
internal sealed record ShellArithmetic(IReadOnlyList<string> Names, int Position);
