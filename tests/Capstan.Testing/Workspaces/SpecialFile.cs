using System.Runtime.InteropServices;
using System.Text;

namespace Capstan.Testing.Workspaces;

/// <summary>Files that are no files: what opens them carelessly waits for ever, or reads for ever.</summary>
public static class SpecialFile
{
    /// <summary>The kinds, for theories.</summary>
    public static IReadOnlyList<string> Kinds { get; } = ["pipe", "endless"];

    /// <summary>Makes one of a kind in place of what is there.</summary>
    /// <returns>Its path.</returns>
    public static string Put(string path, string kind)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.Delete(path);
        if (kind == "pipe")
            MakePipe(path);
        else
            File.CreateSymbolicLink(path, "/dev/zero");
        return path;
    }

    /// <summary>Makes a named pipe that nobody writes to.</summary>
    public static void MakePipe(string path)
    {
        if (MakePipe(Encoding.UTF8.GetBytes(path + '\0'), 0x1B6) != 0)
            throw new IOException($"mkfifo {path}: {Marshal.GetLastPInvokeErrorMessage()}");
    }

    [DllImport("libc", EntryPoint = "mkfifo", ExactSpelling = true, SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int MakePipe(byte[] path, uint mode);
}
