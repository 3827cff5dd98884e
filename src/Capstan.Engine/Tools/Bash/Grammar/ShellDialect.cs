namespace Capstan.Engine.Tools.Bash.Grammar;

/// <summary>The shells that a script may be for; they differ in what some signs mean.</summary>
internal enum ShellDialect
{
    /// <summary>bash, from version 4.4 on.</summary>
    Bash,

    /// <summary>A shell that is only known to follow POSIX, such as <c>sh</c> and <c>dash</c>.</summary>
    Posix,
}
