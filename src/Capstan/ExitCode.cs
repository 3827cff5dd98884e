namespace Capstan;

/// <summary>The exit codes of the program, for scripts and service managers.</summary>
internal static class ExitCode
{
    /// <summary>The program did what it was asked, or stopped because it was told to.</summary>
    public const int Done = 0;

    /// <summary>The program could not start, for the reason that it printed.</summary>
    public const int CannotStart = 1;

    /// <summary>The command line is wrong, so that trying it again does not help.</summary>
    public const int Usage = 2;
}
