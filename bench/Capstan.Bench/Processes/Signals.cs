using System.Runtime.InteropServices;

namespace Capstan.Bench.Processes;

/// <summary>Signals to processes that the benchmark started.</summary>
internal static partial class Signals
{
    /// <summary>SIGSTOP on Linux for x64.</summary>
    public const int Stop = 19;

    /// <summary>SIGCONT on Linux for x64.</summary>
    public const int Continue = 18;

    /// <summary>Sends a signal to each process that is still there.</summary>
    public static void SendAll(IEnumerable<int> processes, int signal)
    {
        foreach (var process in processes)
            _ = Kill(process, signal);
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Kill(int process, int signal);
}
