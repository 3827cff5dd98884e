namespace Capstan.Engine.Tools.Bash.Grammar;

/// <summary>The kinds of redirections.</summary>
internal enum RedirectionKind
{
    /// <summary>The redirection reads a file.</summary>
    Read,

    /// <summary>The redirection writes a file.</summary>
    Write,

    /// <summary>The redirection opens a file for reading and writing.</summary>
    ReadWrite,

    /// <summary>The redirection copies or closes another descriptor, and opens no file.</summary>
    Duplicate,

    /// <summary>The redirection reads a text that is in the script.</summary>
    Text,
}
