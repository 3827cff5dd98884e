using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Capstan.Logging;

/// <summary>
/// Writes log entries as JSON, one object a line: <c>time</c>, <c>level</c>,
/// <c>event</c>, <c>name</c>, <c>message</c>, then the entry's own fields.
/// </summary>
internal static class JsonLines
{
    // The field with the message's template, which says nothing that the message does not say.
    private const string Pattern = "{OriginalFormat}";

    /// <summary>Writes an entry.</summary>
    public static string Write(in LogEntry entry)
    {
        var line = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(line))
        {
            json.WriteStartObject();
            json.WriteString("time", Show(entry.Time));
            json.WriteString("level", LogLevels.Show(entry.Level));
            json.WriteNumber("event", entry.Event.Id);
            json.WriteString("name", entry.Event.Name);
            json.WriteString("message", entry.Message);
            foreach (var (name, value) in entry.Fields)
            {
                if (name != Pattern)
                    Write(json, JsonNamingPolicy.CamelCase.ConvertName(name), value);
            }

            if (entry.Exception is { } exception)
                json.WriteString("exception", exception.ToString());
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(line.WrittenSpan) + "\n";
    }

    private static string Show(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);

    private static void Write(Utf8JsonWriter json, string name, object? value)
    {
        switch (value)
        {
            case null:
                json.WriteNull(name);
                break;
            case bool flag:
                json.WriteBoolean(name, flag);
                break;
            case int number:
                json.WriteNumber(name, number);
                break;
            case long number:
                json.WriteNumber(name, number);
                break;
            case double number when double.IsFinite(number):
                json.WriteNumber(name, number);
                break;
            case DateTimeOffset time:
                json.WriteString(name, Show(time));
                break;
            default:
                json.WriteString(name, Convert.ToString(value, CultureInfo.InvariantCulture));
                break;
        }
    }
}
