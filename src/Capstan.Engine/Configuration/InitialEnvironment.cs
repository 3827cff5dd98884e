using System.Runtime.InteropServices;
using System.Text;

namespace Capstan.Engine.Configuration;

/// <summary>
/// The variables that this process was started with. The system shows them to every process of the same user
/// (<c>/proc/PID/environ</c>), commands of tool calls among them.
/// </summary>
internal static class InitialEnvironment
{
    /// <summary>
    /// Overwrites a variable's value in the initial environment. Copies that were read before keep the value.
    /// </summary>
    public static void Blank(string name)
    {
        for (var at = Find(Encoding.UTF8.GetBytes(name + '\0')); at != 0 && Marshal.ReadByte(at) != 0; at++)
            Marshal.WriteByte(at, 0);
    }

    [DllImport("libc", EntryPoint = "getenv", ExactSpelling = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern nint Find(byte[] name);
}
