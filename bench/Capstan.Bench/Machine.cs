using System.Runtime.InteropServices;

namespace Capstan.Bench;

/// <summary>What figures must be read with: the machine that they come from.</summary>
internal static class Machine
{
    /// <summary>Processor, cores, kernel, runtime and date, as a sentence.</summary>
    public static string Describe()
    {
        var processor = File.ReadLines("/proc/cpuinfo").FirstOrDefault(line => line.StartsWith("model name", StringComparison.Ordinal))?
            .Split(':')[1].Trim() ?? RuntimeInformation.ProcessArchitecture.ToString();
        return $"{processor}, {Environment.ProcessorCount} cores, {RuntimeInformation.FrameworkDescription}, {TimeProvider.System.GetUtcNow():yyyy-MM-dd}.";
    }

    /// <summary>The load averages; other work on the machine shows here.</summary>
    public static string Load() => string.Join(' ', File.ReadAllText("/proc/loadavg").Split(' ')[..3]);
}
