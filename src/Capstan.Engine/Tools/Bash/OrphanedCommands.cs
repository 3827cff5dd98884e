namespace Capstan.Engine.Tools.Bash;

/// <summary>
/// Ends the commands that a server left running when it died, in the same way as an abort: first by SIGTERM, then by SIGKILL.
/// </summary>
internal static class OrphanedCommands
{
    private static readonly TimeSpan LookInterval = TimeSpan.FromMilliseconds(10);

    /// <summary>Ends the commands with one of the marks, and returns how many processes were found.</summary>
    /// <param name="marks">The marks of the tool calls.</param>
    /// <param name="grace">How long the processes may take to end after each signal.</param>
    /// <param name="time">The clock that measures the grace.</param>
    /// <param name="cancellationToken">Stops this call.</param>
    public static async Task<int> EndAsync(
        IReadOnlySet<string> marks, TimeSpan grace, TimeProvider time, CancellationToken cancellationToken)
    {
        var found = MarkedProcesses.Find(marks);
        if (found.Count == 0)
            return 0;

        // 1. Send SIGTERM to whole groups: a command's groups hold only
        // processes that it started, even those that have lost the mark.
        var targets = found.Select(Target).ToHashSet();
        foreach (var target in targets)
            ProcessSignals.Send(target, ProcessSignals.Terminate);
        await UntilGoneAsync(found, marks, grace, time, cancellationToken);

        // 2. Send SIGKILL. No process of a command may still work when the model is told that the command was stopped.
        foreach (var target in targets)
            ProcessSignals.Send(target, ProcessSignals.Kill);
        MarkedProcesses.Kill(marks);
        await UntilGoneAsync(found, marks, grace, time, cancellationToken);
        return found.Count;
    }

    /// <summary>
    /// Returns the process's group, or the process alone where its group is also this server's, as when a command has started
    /// this very server. Group numbers below 2 mean something else to kill(2), and are not used.
    /// </summary>
    private static int Target(int id)
    {
        var group = ProcessSignals.GroupOf(id);
        return group > 1 && group != ProcessSignals.GroupOf(0) ? -group : id;
    }

    // The processes are not this server's children, so the system does not report their end.
    private static async Task UntilGoneAsync(
        List<int> processes, IReadOnlySet<string> marks, TimeSpan grace, TimeProvider time, CancellationToken cancellationToken)
    {
        var started = time.GetTimestamp();
        while (processes.Exists(id => MarkedProcesses.IsMarked(id, marks)) && time.GetElapsedTime(started) < grace)
            await Task.Delay(LookInterval, time, cancellationToken);
    }
}
