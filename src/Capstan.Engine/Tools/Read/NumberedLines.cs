using System.Globalization;
using System.Text;

namespace Capstan.Engine.Tools.Read;

/// <summary>Some lines of a text file with their numbers, as a model is shown them: by the read tool, and of attached files.</summary>
/// <param name="Lines">The lines, without their ends.</param>
/// <param name="First">The number of the first one asked for, from 1.</param>
/// <param name="Total">How many lines the file has; where <paramref name="IsCapped"/>, how many were looked at.</param>
/// <param name="IsCapped">Whether the limit of bytes ended it.</param>
/// <param name="HasMore">Whether the file goes on after the lines that were asked for.</param>
internal sealed record NumberedLines(IReadOnlyList<string> Lines, long First, long Total, bool IsCapped, bool HasMore)
{
    /// <summary>The number of the last line that is shown; one less than <see cref="First"/> where none is.</summary>
    public long Last => First + Lines.Count - 1;

    /// <summary>What is wrong with the lines that were asked for, in words; null where nothing is. An empty file may be read from its line 1.</summary>
    public string? Problem => First > Total && !(Total == 0 && First == 1)
        ? $"The offset {Number(First)} is beyond the end of the file, which has {Number(Total)} lines"
        : null;

    /// <summary>Reads the lines of a range.</summary>
    /// <param name="lines">The file.</param>
    /// <param name="range">Which lines.</param>
    /// <param name="maxBytes">The most bytes of all lines together.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public static NumberedLines Read(LineReader lines, ReadRange range, int maxBytes, CancellationToken cancellationToken)
    {
        var shown = new List<string>();
        var bytes = 0;
        long total = 0;
        var (capped, more) = (false, false);
        while (!capped && lines.Next(keep: total + 1 >= range.Offset && shown.Count < range.Limit, cancellationToken))
        {
            total++;
            if (total < range.Offset)
                continue;
            if (shown.Count >= range.Limit)
            {
                more = true;
                continue;
            }

            var line = lines.Line();
            bytes += Encoding.UTF8.GetByteCount(line) + (shown.Count > 0 ? 1 : 0);
            // What lies beyond is not counted: nobody waits for the end of a file of gigabytes to learn how long it is.
            capped = bytes > maxBytes;
            if (!capped)
                shown.Add(line);
        }

        return new NumberedLines(shown, range.Offset, total, capped, more);
    }

    /// <summary>The lines with their numbers, and below them how the file goes on.</summary>
    /// <param name="name">The file's name, as it was asked for.</param>
    public string Show(string name)
    {
        var output = new StringBuilder($"<path>{name}</path>\n<type>file</type>\n<content>\n");
        for (var i = 0; i < Lines.Count; i++)
            output.Append(i > 0 ? "\n" : "").Append(Number(First + i)).Append(": ").Append(Lines[i]);
        return output.Append("\n\n").Append(Footer).Append("\n</content>").ToString();
    }

    private string Footer =>
        IsCapped ? $"(Output capped at 50 KB. Showing lines {Number(First)}-{Number(Last)}. Use offset={Number(Last + 1)} to continue.)"
        : HasMore ? $"(Showing lines {Number(First)}-{Number(Last)} of {Number(Total)}. Use offset={Number(Last + 1)} to continue.)"
        : $"(End of file - total {Number(Total)} lines)";

    private static string Number(long value) => value.ToString(CultureInfo.InvariantCulture);
}
