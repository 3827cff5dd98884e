namespace Capstan.Engine.Tools.Bash;

/// <summary>What a path is used for.</summary>
internal enum PathUse
{
    /// <summary>A redirection reads it.</summary>
    Read,

    /// <summary>A redirection writes it.</summary>
    Write,

    /// <summary>It is gone to, or given to a program that works on files.</summary>
    Visit,
}
