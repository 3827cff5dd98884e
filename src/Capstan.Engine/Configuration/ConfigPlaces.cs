using System.Text;
using System.Text.Json;

namespace Capstan.Engine.Configuration;

/// <summary>Finds keys in the text of a configuration file, so that messages about them can name the line.</summary>
internal static class ConfigPlaces
{
    private static readonly JsonReaderOptions Options = new() { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true };

    /// <summary>
    /// Finds the line of a key, counted from 1. Where the key is missing, it is
    /// the line of the nearest key above it; null where there is none.
    /// </summary>
    /// <param name="text">The file's text.</param>
    /// <param name="path">The keys that lead to the key, and the key itself.</param>
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
            // Of several keys with the same name the last takes effect, but
            // people look at the first, so the search ends at the first.
            if (++matched == path.Count || !reader.Read() || reader.TokenType != JsonTokenType.StartObject)
                break;
        }

        return found;
    }
}
