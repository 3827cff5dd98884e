using System.Runtime.InteropServices;

namespace Capstan.Engine.Files;

/// <summary>What the system answered, as the exception that .NET has for it. Messages leave the path to whoever tells of it.</summary>
internal static class PosixError
{
    /// <summary>Something of that name is there.</summary>
    public const int Exists = 17;

    private const int NotPermitted = 1;
    private const int NoEntry = 2;
    private const int NoAccess = 13;
    private const int NotDirectory = 20;
    private const int NameTooLong = 36;
    private const int TooManyLinks = 40;

    /// <summary>The error of the last call.</summary>
    public static Exception Last(string path) => Marshal.GetLastPInvokeError() switch
    {
        NoEntry => new FileNotFoundException("no such file or directory", path),
        // A file stands where a directory would be: what is below it is not there.
        NotDirectory => new FileNotFoundException("what is above it is not a directory", path),
        NoAccess or NotPermitted => new UnauthorizedAccessException("permission denied"),
        NameTooLong => new PathTooLongException("the path or a name in it is too long"),
        TooManyLinks => new IOException("a symbolic link is not followed here, or links lead in a circle"),
        var error => new IOException(Marshal.GetPInvokeErrorMessage(error)),
    };
}
