namespace Capstan.Engine.Tools.Bash.Grammar;

/// <summary>What a redirection does.</summary>
internal enum RedirectionKind
{
    /// <summary>Reads a file.</summary>
    Read,

    /// <summary>Writes a file.</summary>
    Write,

    /// <summary>Opens a file for both.</summary>
    ReadWrite,

    /// <summary>Takes or closes another descriptor; no file is opened.</summary>
    Duplicate,

    /// <summary>Reads a text that stands in the script.</summary>
    Text,
}
