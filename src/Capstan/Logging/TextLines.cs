using System.Globalization;
using System.Text;

namespace Capstan.Logging;

/// <summary>Writes log entries as lines for people.</summary>
internal static class TextLines
{
    /// <summary>Writes an entry as one line, and below it the lines of its exception, indented.</summary>
    public static string Write(in LogEntry entry)
    {
        var line = new StringBuilder();
        line.Append(entry.Time.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture));
        line.Append(CultureInfo.InvariantCulture, $" {LogLevels.Show(entry.Level),-5} {entry.Event.Id} ");
        Append(line, entry.Message);
        line.Append('\n');
        foreach (var part in entry.Exception?.ToString().Split('\n') ?? [])
        {
            line.Append("    ");
            Append(line, part.TrimEnd('\r'));
            line.Append('\n');
        }

        return line.ToString();
    }

    // Texts of providers and clients go into the log. With control characters,
    // they could begin lines of their own or move a terminal's cursor.
    private static void Append(StringBuilder line, string text)
    {
        foreach (var character in text)
        {
            if (character == '\n')
                line.Append("\\n");
            else if (char.IsControl(character))
                line.Append(CultureInfo.InvariantCulture, $"\\u{(int)character:x4}");
            else
                line.Append(character);
        }
    }
}
