using System.Globalization;
using System.Text;
using Capstan.Engine.Tools.Read;

namespace Capstan.Engine.Admission;

/// <summary>Reads what the address of an attached file says of the file.</summary>
internal static class AttachedFile
{
    /// <summary>
    /// The lines that <c>?start=</c> and <c>?end=</c> ask for, counted from 1; without an end, as many lines as the read tool
    /// shows.
    /// </summary>
    public static ReadRange Range(Uri url)
    {
        var query = url.Query.TrimStart('?').Split('&').Select(static pair => pair.Split('=', 2)).Where(static pair => pair.Length == 2)
            .ToLookup(static pair => pair[0], static pair => int.TryParse(pair[1], CultureInfo.InvariantCulture, out var line) ? line : 0);
        var first = Math.Max(1, query["start"].FirstOrDefault());
        return new ReadRange(first, query["end"].FirstOrDefault() is var last && last >= first ? last - first + 1 : ReadRange.DefaultLimit);
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
