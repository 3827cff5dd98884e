namespace Capstan;

/// <summary>What the program's end tells scripts and service managers.</summary>
internal static class ExitCode
{
    /// <summary>It did what it was asked, or stopped because it was told to.</summary>
    public const int Done = 0;

    /// <summary>It could not start, for the reason that it printed.</summary>
    public const int CannotStart = 1;

    /// <summary>The command line is wrong; trying the same again is of no use.</summary>
    public const int Usage = 2;
}
