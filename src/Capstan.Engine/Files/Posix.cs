using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Capstan.Engine.Files;

/// <summary>
/// Linux's file calls that .NET does not offer: relative to the handle of a directory, without following links, without blocking.
/// </summary>
internal static partial class Posix
{
    /// <summary>
    /// Stands for the process's own directory in place of a directory's handle;
    /// with an absolute path it does not matter which directory that is.
    /// </summary>
    public static readonly SafeFileHandle Anywhere = new(-100, ownsHandle: false);

    private const int ReadOnly = 0;
    private const int WriteOnly = 1;
    private const int Create = 0x40;
    private const int Exclusive = 0x80;
    private const int NotTerminal = 0x100;
    private const int NonBlocking = 0x800;
    private const int CloseOnExec = 0x80000;
    private const int PathOnly = 0x200000;
    private const int EmptyPath = 0x1000;
    private const int NoFollowAt = 0x100;
    // Asks statx for type, mode, times of modification and change, number and size.
    private const uint Wanted = 0x1 | 0x2 | 0x40 | 0x80 | 0x100 | 0x200;

    // The two flags below differ between processors.
    private static readonly bool IsOther =
        RuntimeInformation.ProcessArchitecture is Architecture.Arm or Architecture.Arm64 or Architecture.Armv6 or Architecture.Ppc64le;

    private static readonly int Directory = IsOther ? 0x4000 : 0x10000;
    private static readonly int NoFollow = IsOther ? 0x8000 : 0x20000;

    /// <summary>Opens a file for reading; neither a pipe without a writer nor a terminal blocks the call.</summary>
    /// <exception cref="IOException">The file cannot be opened, or is a link and links are not followed.</exception>
    public static SafeFileHandle OpenToRead(SafeFileHandle directory, string path, bool follow) =>
        Opened(OpenAt(directory, Checked(path), ReadOnly | NonBlocking | NotTerminal | CloseOnExec | (follow ? 0 : NoFollow), 0), path);

    /// <summary>Opens a directory, but not a link to one, so that entries in it can be reached.</summary>
    public static SafeFileHandle OpenDirectory(SafeFileHandle directory, string path) =>
        Opened(OpenAt(directory, Checked(path), PathOnly | Directory | NoFollow | CloseOnExec, 0), path);

    /// <summary>Creates a file for writing; no entry of that name may exist.</summary>
    public static SafeFileHandle CreateFile(SafeFileHandle directory, string name) =>
        Opened(OpenAt(directory, Checked(name), WriteOnly | Create | Exclusive | NoFollow | CloseOnExec, 0x1B6), name);

    /// <summary>Creates a directory, unless an entry of that name exists.</summary>
    public static void CreateDirectory(SafeFileHandle directory, string name)
    {
        if (MakeDirectoryAt(directory, Checked(name), 0x1FF) != 0 && Marshal.GetLastPInvokeError() != PosixError.Exists)
            throw PosixError.Last(name);
    }

    /// <summary>Finds the status of a path; null where nothing exists there.</summary>
    public static FileStatus? Status(SafeFileHandle directory, string path, bool follow)
    {
        if (StatusAt(directory, Checked(path), follow ? 0 : NoFollowAt, Wanted, out var status) == 0)
            return status;
        var error = PosixError.Last(path);
        return error is FileNotFoundException ? null : throw error;
    }

    /// <summary>Returns the status of an open file.</summary>
    public static FileStatus Status(SafeFileHandle file) =>
        StatusAt(file, "", EmptyPath, Wanted, out var status) == 0 ? status : throw PosixError.Last("");

    /// <summary>Sets the permission bits of an open file.</summary>
    public static void SetPermissions(SafeFileHandle file, int permissions)
    {
        if (ChangeMode(file, (uint)permissions) != 0)
            throw PosixError.Last("");
    }

    /// <summary>Renames an entry within a directory, and replaces an entry that has the new name.</summary>
    public static void Rename(SafeFileHandle directory, string from, string to)
    {
        if (RenameAt(directory, Checked(from), directory, Checked(to)) != 0)
            throw PosixError.Last(to);
    }

    /// <summary>Removes a file, if it exists.</summary>
    public static void Remove(SafeFileHandle directory, string name) => _ = UnlinkAt(directory, Checked(name), 0);

    /// <summary>Removes a file that exists.</summary>
    public static void RemoveExisting(SafeFileHandle directory, string name)
    {
        if (UnlinkAt(directory, Checked(name), 0) != 0)
            throw PosixError.Last(name);
    }

    private static SafeFileHandle Opened(int descriptor, string path) =>
        descriptor >= 0 ? new SafeFileHandle(descriptor, ownsHandle: true) : throw PosixError.Last(path);

    // To the system a name ends at its first NUL, so a name with a NUL would be another file's.
    private static string Checked(string path) =>
        path.Contains('\0', StringComparison.Ordinal) ? throw new IOException("a path may not hold a NUL character") : path;

    [LibraryImport("libc", EntryPoint = "openat", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int OpenAt(SafeFileHandle directory, string path, int flags, uint mode);

    [LibraryImport("libc", EntryPoint = "mkdirat", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int MakeDirectoryAt(SafeFileHandle directory, string path, uint mode);

    [LibraryImport("libc", EntryPoint = "statx", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int StatusAt(SafeFileHandle directory, string path, int flags, uint mask, out FileStatus status);

    [LibraryImport("libc", EntryPoint = "fchmod", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int ChangeMode(SafeFileHandle file, uint mode);

    [LibraryImport("libc", EntryPoint = "renameat", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int RenameAt(SafeFileHandle fromDirectory, string from, SafeFileHandle toDirectory, string to);

    [LibraryImport("libc", EntryPoint = "unlinkat", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int UnlinkAt(SafeFileHandle directory, string path, int flags);
}
