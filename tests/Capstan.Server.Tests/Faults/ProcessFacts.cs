using System.Globalization;

namespace Capstan.Server.Tests.Faults;

/// <summary>What the system says of a process (proc(5)).</summary>
internal static class ProcessFacts
{
    /// <summary>Memory that is resident, in bytes.</summary>
    public static long ResidentBytes(int id) => Field($"/proc/{id}/status", "VmRSS:") * 1024;

    /// <summary>Bytes that it caused to be written to disk.</summary>
    public static long WrittenBytes(int id) => Field($"/proc/{id}/io", "write_bytes:");

    /// <summary>Processor time used, in ticks of 10 ms.</summary>
    public static long ProcessorTicks(int id)
    {
        var stat = File.ReadAllText($"/proc/{id}/stat");
        // The name in parentheses may hold blanks; utime and stime are fields 14 and 15 of all.
        var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
        return long.Parse(fields[11], CultureInfo.InvariantCulture) + long.Parse(fields[12], CultureInfo.InvariantCulture);
    }

    /// <summary>The processes whose working directory is this one, with their command lines.</summary>
    public static IReadOnlyList<string> In(string directory, int except)
    {
        var found = new List<string>();
        foreach (var process in Directory.EnumerateDirectories("/proc"))
        {
            if (!int.TryParse(Path.GetFileName(process), out var id) || id == except)
                continue;
            try
            {
                if (Directory.ResolveLinkTarget($"{process}/cwd", returnFinalTarget: false)?.FullName == directory)
                    found.Add($"{id} {File.ReadAllText($"{process}/cmdline").Replace('\0', ' ')}");
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                // Gone meanwhile, or another user's.
            }
        }

        return found;
    }

    private static long Field(string path, string name)
    {
        var line = File.ReadLines(path).First(line => line.StartsWith(name, StringComparison.Ordinal));
        return long.Parse(line[name.Length..].Replace("kB", "", StringComparison.Ordinal).Trim(), CultureInfo.InvariantCulture);
    }
}
