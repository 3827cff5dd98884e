using System.Text;
using System.Text.Json;

namespace Capstan.Engine.Configuration;

/// <summary>Finds keys in the text of a configuration file, so that what is said of them can name the line.</summary>
internal static class ConfigPlaces
{
    private static readonly JsonReaderOptions Options = new() { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true };

    /// <summary>The line of a key, counted from 1; of the nearest key above it that is there; null where none is.</summary>
    /// <param name="text">The file.</param>
    /// <param name="path">The keys that lead to it.</param>
    public static int? LineOf(string text, IReadOnlyList<string> path)
    {
        if (path.Count == 0)
            return null;
        var bytes = Encoding.UTF8.GetBytes(text);
        try
        {
            return Find(bytes, path) is { } offset ? 1 + bytes.AsSpan(0, (int)offset).Count((byte)'\n') : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static long? Find(byte[] text, IReadOnlyList<string> path)
    {
        var reader = new Utf8JsonReader(text, Options);
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
            return null;
        long? found = null;
        var matched = 0;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (!reader.ValueTextEquals(path[matched]))
            {
                reader.Skip();
                continue;
            }

            found = reader.TokenStartIndex;
            // The last of several keys of one name counts, but people look at the first.
            if (++matched == path.Count || !reader.Read() || reader.TokenType != JsonTokenType.StartObject)
                break;
        }

        return found;
    }
}
