using System.Runtime.InteropServices;

namespace Capstan.Testing.Servers;

/// <summary>Sends signals.</summary>
internal static class ProcessSignals
{
    /// <summary>Sends a process a signal.</summary>
    /// <exception cref="InvalidOperationException">There is no such process, or it is not ours to send signals to.</exception>
    public static void Send(int process, ProcessSignal signal)
    {
        if (!TrySend(process, signal))
            throw new InvalidOperationException($"Process {process} did not take {signal}.");
    }

    /// <summary>Sends a signal to a process that may have ended by itself.</summary>
    public static bool TrySend(int process, ProcessSignal signal) => Send(process, (int)signal) == 0;

    [DllImport("libc", EntryPoint = "kill", ExactSpelling = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Send(int process, int signal);
}
