using System.Text;

namespace Capstan.Engine.Tools.Bash;

/// <summary>
/// Finds the processes that carry a tool call's mark in their environment, wherever they went:
/// into groups and sessions of their own, and past the end of the server that started them.
/// Only Linux shows the environments of processes; on other systems none is found.
/// </summary>
internal static class MarkedProcesses
{
    /// <summary>The environment variable that holds the mark.</summary>
    public const string Variable = "CAPSTAN_TOOL_CALL";

    private static readonly byte[] Prefix = Encoding.ASCII.GetBytes(Variable + "=");

    /// <summary>Finds the processes with one of the marks, except for this process.</summary>
    public static List<int> Find(IReadOnlySet<string> marks)
    {
        var found = new List<int>();
        if (!OperatingSystem.IsLinux() || !Directory.Exists("/proc/self"))
            return found;
        foreach (var directory in Directory.EnumerateDirectories("/proc"))
        {
            if (int.TryParse(Path.GetFileName(directory.AsSpan()), out var id) && id != Environment.ProcessId && IsMarked(id, marks))
                found.Add(id);
        }

        return found;
    }

    /// <summary>Whether a process exists and carries one of the marks.</summary>
    public static bool IsMarked(int id, IReadOnlySet<string> marks)
    {
        try
        {
            // A process that has ended shows an empty environment until its parent has collected its exit code.
            var rest = File.ReadAllBytes($"/proc/{id}/environ").AsSpan();
            while (!rest.IsEmpty)
            {
                var end = rest.IndexOf((byte)0);
                var variable = end < 0 ? rest : rest[..end];
                if (variable.StartsWith(Prefix))
                    return marks.Contains(Encoding.UTF8.GetString(variable[Prefix.Length..]));
                rest = end < 0 ? [] : rest[(end + 1)..];
            }

            return false;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // The process has gone meanwhile, or belongs to another user.
            return false;
        }
    }

    /// <summary>Kills the processes with one of the marks.</summary>
    public static void Kill(IReadOnlySet<string> marks)
    {
        // A process that starts others may be a moment ahead of the list of processes, so look again until none is found.
        for (var round = 0; round < 8 && Find(marks) is { Count: > 0 } found; round++)
        {
            foreach (var id in found)
                ProcessSignals.Send(id, ProcessSignals.Kill);
        }
    }
}
