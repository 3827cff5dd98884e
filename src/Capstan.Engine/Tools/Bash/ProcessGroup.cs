using System.ComponentModel;
using System.Diagnostics;

namespace Capstan.Engine.Tools.Bash;

/// <summary>
/// A command in a session and process group of its own, so that it and all that it starts can be ended together. Its standard
/// output and error are one pipe, in the order in which they were written; its standard input is empty.
/// </summary>
/// <remarks>
/// Whoever leaves the group (<c>setsid</c>, a daemon) is found by a variable in its environment, where the system shows
/// environments. The group's number is the leader's, which the kernel does not give out again while anybody is left in the group.
/// </remarks>
internal sealed class ProcessGroup : IDisposable
{
    // The shell that is asked for replaces this one; all that is left of it is the order "error goes where output goes".
    private const string Wrapper = "exec \"$0\" -c \"$1\" </dev/null 2>&1";

    private readonly Process _process;
    private readonly HashSet<string> _mark;

    private ProcessGroup(Process process, string mark)
    {
        _process = process;
        _mark = new HashSet<string>(StringComparer.Ordinal) { mark };
    }

    /// <summary>Everything that is printed; ends when no process of the group holds the pipe any more.</summary>
    public Stream Output => _process.StandardOutput.BaseStream;

    public int ID => _process.Id;

    public int ExitCode => _process.ExitCode;

    /// <param name="shell">The shell's path.</param>
    /// <param name="command">What it runs.</param>
    /// <param name="workingDirectory">Where.</param>
    /// <param name="mark">A text that no other command on this machine is marked with.</param>
    /// <param name="variables">All of its environment, apart from the mark.</param>
    /// <exception cref="Win32Exception">It cannot be started.</exception>
    public static ProcessGroup Start(
        string shell, string command, string workingDirectory, string mark, IReadOnlyDictionary<string, string> variables)
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

        start.Environment.Clear();
        foreach (var (name, value) in variables)
            start.Environment[name] = value;
        start.Environment[MarkedProcesses.Variable] = mark;
        var process = Process.Start(start)!;
        process.StandardInput.Close();
        return new ProcessGroup(process, mark);
    }

    public Task WaitForLeaderAsync(CancellationToken cancellationToken) => _process.WaitForExitAsync(cancellationToken);

    /// <summary>Asks the group to end.</summary>
    public void RequestEnd()
    {
        if (ProcessSignals.Send(-ID, ProcessSignals.Terminate))
            return;
        // The leader has just been started and has no group yet, nor has it run anything; or all of it is gone.
        _process.Kill();
    }

    /// <summary>Ends the group, and what left it, without asking.</summary>
    public void End()
    {
        ProcessSignals.Send(-ID, ProcessSignals.Kill);
        MarkedProcesses.Kill(_mark);
    }

    public void Dispose() => _process.Dispose();
}
