using System.ComponentModel;
using System.Diagnostics;

namespace Capstan.Engine.Tools.Bash;

/// <summary>
/// A command in a session and process group of its own, so that the command and all that it starts can be ended together. Its
/// standard output and error are one pipe, which keeps the order in which they were written; its standard input is empty.
/// </summary>
/// <remarks>
/// A process that leaves the group (<c>setsid</c>, a daemon) is found by the mark in its environment, where the system shows
/// environments. The group's number is the leader's, which the kernel does not reuse while the group has any process.
/// </remarks>
internal sealed class ProcessGroup : IDisposable
{
    // The outer shell redirects standard error to standard output and is then replaced by the shell that runs the command.
    private const string Wrapper = "exec \"$0\" -c \"$1\" </dev/null 2>&1";

    private readonly Process _process;
    private readonly HashSet<string> _mark;

    private ProcessGroup(Process process, string mark)
    {
        _process = process;
        _mark = new HashSet<string>(StringComparer.Ordinal) { mark };
    }

    /// <summary>All that is printed. The stream ends when no process holds the pipe any more.</summary>
    public Stream Output => _process.StandardOutput.BaseStream;

    public int ID => _process.Id;

    public int ExitCode => _process.ExitCode;

    /// <param name="shell">The path of the shell that runs the command.</param>
    /// <param name="command">The command line.</param>
    /// <param name="workingDirectory">The directory in which the command runs.</param>
    /// <param name="mark">The mark of the tool call, which no other call on this machine has.</param>
    /// <param name="variables">All environment variables of the command, apart from the mark.</param>
    /// <exception cref="Win32Exception">The command cannot be started.</exception>
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

    /// <summary>Sends SIGTERM to the group.</summary>
    public void RequestEnd()
    {
        if (ProcessSignals.Send(-ID, ProcessSignals.Terminate))
            return;
        // Either the leader was started a moment ago and has neither a group yet nor run anything, or all processes are gone.
        _process.Kill();
    }

    /// <summary>Sends SIGKILL to the group and to processes with the mark that left the group.</summary>
    public void End()
    {
        ProcessSignals.Send(-ID, ProcessSignals.Kill);
        MarkedProcesses.Kill(_mark);
    }

    public void Dispose() => _process.Dispose();
}
