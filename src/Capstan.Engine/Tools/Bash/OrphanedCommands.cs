namespace Capstan.Engine.Tools.Bash;

/// <summary>
/// Ends the commands that a server left running when it died, the way in which an abort would have: asked first, then killed.
/// </summary>
internal static class OrphanedCommands
{
    private static readonly TimeSpan LookInterval = TimeSpan.FromMilliseconds(10);

    /// <summary>Ends them, and returns how many processes were found.</summary>
    /// <param name="marks">The marks of the calls.</param>
    /// <param name="grace">How long they may take to end when asked.</param>
    /// <param name="time">Its clock.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public static async Task<int> EndAsync(
        IReadOnlySet<string> marks, TimeSpan grace, TimeProvider time, CancellationToken cancellationToken)
    {
        var found = MarkedProcesses.Find(marks);
        if (found.Count == 0)
            return 0;

        // 1. Ask. A command's groups hold nothing but what it started, also what has lost its mark.
        var targets = found.Select(Target).ToHashSet();
        foreach (var target in targets)
            ProcessSignals.Send(target, ProcessSignals.Terminate);
        await UntilGoneAsync(found, marks, grace, time, cancellationToken);

        // 2. Do not ask. Nothing of it may still work when the model is told that it was stopped.
        foreach (var target in targets)
            ProcessSignals.Send(target, ProcessSignals.Kill);
        MarkedProcesses.Kill(marks);
        await UntilGoneAsync(found, marks, grace, time, cancellationToken);
        return found.Count;
    }

    /// <summary>
    /// The group, or the process alone where the group is ours: a command can have started this very server. Numbers below 2 would
    /// mean other things to kill(2).
    /// </summary>
    private static int Target(int id)
    {
        var group = ProcessSignals.GroupOf(id);
        return group > 1 && group != ProcessSignals.GroupOf(0) ? -group : id;
    }

    // They are nobody's children here, so that nothing tells of their end.
    private static async Task UntilGoneAsync(
        List<int> processes, IReadOnlySet<string> marks, TimeSpan grace, TimeProvider time, CancellationToken cancellationToken)
    {
        var started = time.GetTimestamp();
        while (processes.Exists(id => MarkedProcesses.IsMarked(id, marks)) && time.GetElapsedTime(started) < grace)
            await Task.Delay(LookInterval, time, cancellationToken);
    }
}
