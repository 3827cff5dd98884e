using System.Runtime.InteropServices;

namespace Capstan.Engine.Tools.Bash;

/// <summary>Sends signals to processes and groups. A failure means that the process is gone, and needs no report.</summary>
internal static class ProcessSignals
{
    public const int Terminate = 15;
    public const int Kill = 9;

    /// <summary>Sends a signal to a process, or to a whole group where the number is negative.</summary>
    /// <returns>Whether there was a process to send the signal to.</returns>
    public static bool Send(int target, int signal) => SendSignal(target, signal) == 0;

    /// <summary>
    /// Returns the group of a process, and this process's own group for 0. The result is not positive where the group is unknown.
    /// </summary>
    public static int GroupOf(int process) => GetGroup(process);

    [DllImport("libc", EntryPoint = "kill", ExactSpelling = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int SendSignal(int target, int signal);

    [DllImport("libc", EntryPoint = "getpgid", ExactSpelling = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int GetGroup(int process);
}
