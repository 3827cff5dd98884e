using System.Runtime.InteropServices;

namespace Capstan.Engine.Tools.Bash;

/// <summary>Signals to processes and groups. Whoever is gone already needs none, so that nothing is said of failures.</summary>
internal static class ProcessSignals
{
    public const int Terminate = 15;
    public const int Kill = 9;

    /// <summary>Sends a signal to a process, or to a whole group where the number is negative.</summary>
    /// <returns>Whether there was anybody to send it to.</returns>
    public static bool Send(int target, int signal) => SendSignal(target, signal) == 0;

    /// <summary>The group of a process; 0 asks for our own. Not positive where it is not known.</summary>
    public static int GroupOf(int process) => GetGroup(process);

    [DllImport("libc", EntryPoint = "kill", ExactSpelling = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int SendSignal(int target, int signal);

    [DllImport("libc", EntryPoint = "getpgid", ExactSpelling = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int GetGroup(int process);
}
