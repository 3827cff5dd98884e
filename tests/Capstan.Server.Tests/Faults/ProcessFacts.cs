using System.Globalization;

namespace Capstan.Server.Tests.Faults;

/// <summary>What the system says of a process (proc(5)).</summary>
internal static class ProcessFacts
{
    /// <summary>Memory that is resident, in bytes.</summary>
    public static long ResidentBytes(int id) => Field($"/proc/{id}/status", "VmRSS:") * 1024;

    /// <summary>The most memory that was ever resident, in bytes.</summary>
    public static long PeakBytes(int id) => Field($"/proc/{id}/status", "VmHWM:") * 1024;

    /// <summary>Bytes that it caused to be written to disk.</summary>
    public static long WrittenBytes(int id) => Field($"/proc/{id}/io", "write_bytes:");

    /// <summary>Processor time used, in ticks of 10 ms.</summary>
    public static long ProcessorTicks(int id)
    {
        // utime and stime.
        var fields = Stat(id);
        return long.Parse(fields[11], CultureInfo.InvariantCulture) + long.Parse(fields[12], CultureInfo.InvariantCulture);
    }

    /// <summary>The processes whose working directory is this one, with their command lines.</summary>
    public static IReadOnlyList<string> In(string directory, int except) =>
        Look(directory, (id, process) => id == except ? null : $"{id} {File.ReadAllText($"{process}/cmdline").Replace('\0', ' ')}");

    /// <summary>The processes there that tool calls have started, whichever server the calls are of; a number that is given out again differs.</summary>
    public static IReadOnlyList<string> OfCalls(string directory) => Look(
        directory,
        static (id, process) => File.ReadAllText($"{process}/environ").Contains("CAPSTAN_TOOL_CALL=", StringComparison.Ordinal)
            ? $"{id} since {Stat(id)[19]}"
            : null);

    private static List<string> Look(string directory, Func<int, string, string?> describe)
    {
        var found = new List<string>();
        foreach (var process in Directory.EnumerateDirectories("/proc"))
        {
            if (!int.TryParse(Path.GetFileName(process), out var id))
                continue;
            try
            {
                if (Directory.ResolveLinkTarget($"{process}/cwd", returnFinalTarget: false)?.FullName == directory
                    && describe(id, process) is { } description)
                {
                    found.Add(description);
                }
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                // Gone meanwhile, or another user's.
            }
        }

        return found;
    }

    // From the third field on: the name in parentheses may hold blanks.
    private static string[] Stat(int id)
    {
        var stat = File.ReadAllText($"/proc/{id}/stat");
        return stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
    }

    private static long Field(string path, string name)
    {
        var line = File.ReadLines(path).First(line => line.StartsWith(name, StringComparison.Ordinal));
        return long.Parse(line[name.Length..].Replace("kB", "", StringComparison.Ordinal).Trim(), CultureInfo.InvariantCulture);
    }
}
