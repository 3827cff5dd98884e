using System.Runtime.InteropServices;

namespace Capstan.Engine.Files;

/// <summary>Turns an error of the system into .NET's exception for it. Messages do not name the path; the caller does.</summary>
internal static class PosixError
{
    /// <summary>The error number for an entry that exists already (<c>EEXIST</c>).</summary>
    public const int Exists = 17;

    private const int NotPermitted = 1;
    private const int NoEntry = 2;
    private const int NoAccess = 13;
    private const int NotDirectory = 20;
    private const int NameTooLong = 36;
    private const int TooManyLinks = 40;

    /// <summary>Makes the exception for the last call's error.</summary>
    public static Exception Last(string path) => Marshal.GetLastPInvokeError() switch
    {
        NoEntry => new FileNotFoundException("no such file or directory", path),
        // There is a file in place of a directory, so nothing can exist below it.
        NotDirectory => new FileNotFoundException("what is above it is not a directory", path),
        NoAccess or NotPermitted => new UnauthorizedAccessException("permission denied"),
        NameTooLong => new PathTooLongException("the path or a name in it is too long"),
        TooManyLinks => new IOException("a symbolic link is not followed here, or links lead in a circle"),
        var error => new IOException(Marshal.GetPInvokeErrorMessage(error)),
    };
}
