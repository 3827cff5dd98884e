using System.Globalization;

namespace Capstan.Bench.Processes;

/// <summary>What the benchmark needs of one <c>/proc/&lt;pid&gt;/stat</c>.</summary>
/// <param name="Id">The process.</param>
/// <param name="ParentId">Its parent.</param>
/// <param name="Ticks">utime + stime + cutime + cstime.</param>
internal sealed record ProcessStat(int Id, int ParentId, long Ticks)
{
    /// <summary>Reads a process; null when it has ended.</summary>
    public static ProcessStat? TryRead(int id)
    {
        try
        {
            var text = File.ReadAllText($"/proc/{id}/stat");
            // The name, in brackets, may hold anything: fields are counted from behind it, the first being the state (3 in proc(5)).
            var fields = text[(text.LastIndexOf(')') + 2)..].Split(' ');
            var ticks = fields[11..15].Sum(field => long.Parse(field, CultureInfo.InvariantCulture));
            return new ProcessStat(id, int.Parse(fields[1], CultureInfo.InvariantCulture), ticks);
        }
        catch (IOException)
        {
            return null;
        }
    }
}
