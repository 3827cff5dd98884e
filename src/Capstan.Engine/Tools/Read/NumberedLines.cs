using System.Globalization;
using System.Text;

namespace Capstan.Engine.Tools.Read;

/// <summary>
/// Some lines of a text file with their numbers, as a model sees them: from the read tool, and for attached files.
/// </summary>
/// <param name="Lines">The lines, without their line ends.</param>
/// <param name="First">The number of the first line that was asked for, from 1.</param>
/// <param name="Total">How many lines the file has; where <paramref name="IsCapped"/>, how many lines were read.</param>
/// <param name="IsCapped">Whether the limit of bytes ended the reading.</param>
/// <param name="HasMore">Whether the file goes on after the lines that were asked for.</param>
internal sealed record NumberedLines(IReadOnlyList<string> Lines, long First, long Total, bool IsCapped, bool HasMore)
{
    /// <summary>The number of the last line that is shown; one less than <see cref="First"/> where no line is shown.</summary>
    public long Last => First + Lines.Count - 1;

    /// <summary>
    /// Why the lines that were asked for cannot be shown, in words; null
    /// where they can. An empty file may be read from its line 1.
    /// </summary>
    public string? Problem => First > Total && !(Total == 0 && First == 1)
        ? $"The offset {Number(First)} is beyond the end of the file, which has {Number(Total)} lines"
        : null;

    /// <summary>Reads the lines of a range.</summary>
    /// <param name="lines">The lines of the file.</param>
    /// <param name="range">Which lines to read.</param>
    /// <param name="maxBytes">How many bytes all lines together may have.</param>
    /// <param name="cancellationToken">Stops the read.</param>
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
            // Lines beyond the limit are not counted, because reading to the end of a file of gigabytes would take too long.
            capped = bytes > maxBytes;
            if (!capped)
                shown.Add(line);
        }

        return new NumberedLines(shown, range.Offset, total, capped, more);
    }

    /// <summary>Returns the text with the lines and their numbers, and below them how to read on.</summary>
    /// <param name="name">The file's path, as the model or client gave it.</param>
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
