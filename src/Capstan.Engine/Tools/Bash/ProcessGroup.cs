using System.ComponentModel;
using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Capstan.Engine.Tools.Bash;

/// <summary>
/// A command in a session and process group of its own, so that it and all that it starts can be ended together. Its standard
/// output and error are one pipe, in the order in which they were written; its standard input is empty.
/// </summary>
/// <remarks>
/// Whoever leaves the group (<c>setsid</c>, a daemon) is found by a variable in its environment, where the system shows
/// environments. The group's number is the leader's, which the kernel does not give out again while anybody is left in the group.
/// </remarks>
internal sealed partial class ProcessGroup : IDisposable
{
    private const string Marker = "CAPSTAN_TOOL_CALL";
    private const int Terminate = 15;
    private const int Kill = 9;

    // The shell that is asked for replaces this one; all that is left of it is the order "error goes where output goes".
    private const string Wrapper = "exec \"$0\" -c \"$1\" </dev/null 2>&1";

    private readonly Process _process;
    private readonly byte[] _mark;

    private ProcessGroup(Process process, string mark)
    {
        _process = process;
        _mark = System.Text.Encoding.UTF8.GetBytes($"{Marker}={mark}");
    }

    /// <summary>Everything that is printed; ends when no process of the group holds the pipe any more.</summary>
    public Stream Output => _process.StandardOutput.BaseStream;

    public int ID => _process.Id;

    public int ExitCode => _process.ExitCode;

    /// <param name="shell">The shell's path.</param>
    /// <param name="command">What it runs.</param>
    /// <param name="workingDirectory">Where.</param>
    /// <param name="mark">A text that no other process on this machine is marked with.</param>
    /// <exception cref="Win32Exception">It cannot be started.</exception>
    public static ProcessGroup Start(string shell, string command, string workingDirectory, string mark)
    {
        var start = new ProcessStartInfo("setsid")
        {
            WorkingDirectory = workingDirectory,
            RedirectStandardOutput = true,
            RedirectStandardInput = true,
            UseShellExecute = false,
        };
        foreach (var argument in (string[])["/bin/sh", "-c", Wrapper, shell, command])
        {
            start.ArgumentList.Add(argument);
        }

        start.Environment[Marker] = mark;
        var process = Process.Start(start)!;
        process.StandardInput.Close();
        return new ProcessGroup(process, mark);
    }

    public Task WaitForLeaderAsync(CancellationToken cancellationToken) => _process.WaitForExitAsync(cancellationToken);

    /// <summary>Asks the group to end.</summary>
    public void RequestEnd() => Signal(-ID, Terminate);

    /// <summary>Ends the group, and what left it, without asking.</summary>
    public void End()
    {
        Signal(-ID, Kill);
        // A process that is starting others may be a moment ahead of the list of processes, so look until nothing is found.
        for (var round = 0; round < 8 && KillMarked(); round++)
        {
        }
    }

    public void Dispose() => _process.Dispose();

    private bool KillMarked()
    {
        if (!OperatingSystem.IsLinux())
        {
            return false;
        }

        var found = false;
        foreach (var directory in Directory.EnumerateDirectories("/proc"))
        {
            if (int.TryParse(Path.GetFileName(directory.AsSpan()), out var id) && id != Environment.ProcessId && IsMarked(directory))
            {
                Signal(id, Kill);
                found = true;
            }
        }

        return found;
    }

    private bool IsMarked(string directory)
    {
        try
        {
            // A process that has ended shows an empty environment until its parent takes note of it.
            return File.ReadAllBytes(directory + "/environ").AsSpan().IndexOf(_mark) >= 0;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // Gone meanwhile, or another user's.
            return false;
        }
    }

    private static void Signal(int target, int signal) => _ = SendSignal(target, signal);

    [DllImport("libc", EntryPoint = "kill", ExactSpelling = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int SendSignal(int target, int signal);
}
