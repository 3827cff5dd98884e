using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Capstan.Engine.Tools;

/// <summary>
/// Opens files for reading without ever waiting, and never through a link: a named pipe that nobody writes to must not hold up a
/// search, and a link found on the way must not lead a search out of the workspace (R11).
/// </summary>
internal static class RegularFile
{
    // Linux: O_NONBLOCK | O_CLOEXEC, the same on all machines that .NET runs on.
    private const int WithoutWaiting = 0x800 | 0x80000;
    private const int TooManyLinks = 40;

    // O_NOFOLLOW is not.
    private static readonly int NoFollow =
        RuntimeInformation.ProcessArchitecture is Architecture.Arm or Architecture.Arm64 or Architecture.Armv6 or Architecture.Ppc64le
            ? 0x8000
            : 0x20000;

    /// <summary>Opens a resolved path.</summary>
    /// <exception cref="IOException">It cannot be opened, or is a link.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be read.</exception>
    public static SafeFileHandle Open(string path)
    {
        if (!OperatingSystem.IsLinux())
        {
            return (File.GetAttributes(path) & FileAttributes.ReparsePoint) == 0 ? File.OpenHandle(path) : throw IsLink(path);
        }

        var bytes = new byte[Encoding.UTF8.GetMaxByteCount(path.Length) + 1];
        Encoding.UTF8.GetBytes(path, bytes);
        var descriptor = OpenDescriptor(bytes, WithoutWaiting | NoFollow);
        if (descriptor >= 0)
        {
            return new SafeFileHandle(descriptor, ownsHandle: true);
        }

        return Marshal.GetLastPInvokeError() switch
        {
            TooManyLinks => throw IsLink(path),
            2 => throw new FileNotFoundException($"No such file: {path}", path),
            13 or 1 => throw new UnauthorizedAccessException($"Access to the file is denied: {path}"),
            var error => throw new IOException(Marshal.GetPInvokeErrorMessage(error)),
        };
    }

    private static IOException IsLink(string path) => new($"A link is not followed here: {path}");

    [DllImport("libc", EntryPoint = "open", ExactSpelling = true, SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int OpenDescriptor(byte[] path, int flags);
}
