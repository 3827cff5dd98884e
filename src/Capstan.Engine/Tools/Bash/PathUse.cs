namespace Capstan.Engine.Tools.Bash;

/// <summary>What a path is used for.</summary>
internal enum PathUse
{
    /// <summary>A redirection reads the file.</summary>
    Read,

    /// <summary>A redirection or a program writes the file.</summary>
    Write,

    /// <summary>The shell changes to the directory, or the path is given to a program that works on files.</summary>
    Visit,
}
