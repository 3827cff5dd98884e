using System.Globalization;
using System.Text;

namespace Capstan.Engine.Admission;

/// <summary>The text of a file that a prompt names, as it is shown to a model.</summary>
internal static class AttachedFile
{
    /// <summary>The lines that <c>?start=</c> and <c>?end=</c> of the address ask for, counted from 1; all without them.</summary>
    /// <param name="content">The file's text.</param>
    /// <param name="url">Its address.</param>
    /// <param name="limit">The most characters; numbers make a file of short lines several times as long.</param>
    /// <returns>Null where the limit is passed.</returns>
    public static string? SelectLines(string content, Uri url, long limit)
    {
        var query = url.Query.TrimStart('?').Split('&').Select(static pair => pair.Split('=', 2)).Where(static pair => pair.Length == 2)
            .ToLookup(static pair => pair[0], static pair => int.TryParse(pair[1], CultureInfo.InvariantCulture, out var line) ? line : 0);
        var first = Math.Max(1, query["start"].FirstOrDefault());
        var last = query["end"].FirstOrDefault() is > 0 and var end ? end : int.MaxValue;
        var text = new StringBuilder();
        var number = 0;
        foreach (var line in content.AsSpan().EnumerateLines())
        {
            if (++number > last)
                break;
            if (number >= first)
                text.Append(CultureInfo.InvariantCulture, $"{number}: {line}\n");
            if (text.Length > limit)
                return null;
        }

        return text.ToString();
    }

    /// <summary>The text in a <c>data:</c> address; null where it cannot be decoded.</summary>
    public static string? Decode(string url)
    {
        var comma = url.IndexOf(',', StringComparison.Ordinal);
        if (comma < 0)
            return null;
        var data = url[(comma + 1)..];
        if (!url[..comma].EndsWith(";base64", StringComparison.OrdinalIgnoreCase))
            return Uri.UnescapeDataString(data);
        var bytes = new byte[data.Length];
        return Convert.TryFromBase64String(data, bytes, out var length) ? Encoding.UTF8.GetString(bytes, 0, length) : null;
    }
}
