namespace Capstan.Engine.Tools.Bash.Grammar;

/// <summary>Which shell reads a text; they differ in what some signs mean.</summary>
internal enum ShellDialect
{
    /// <summary>bash, from version 4.4 on.</summary>
    Bash,

    /// <summary>A shell of which only POSIX is known, such as <c>sh</c> and <c>dash</c>.</summary>
    Posix,
}
