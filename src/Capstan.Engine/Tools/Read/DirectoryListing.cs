using System.Globalization;
using System.Text.Json.Nodes;

namespace Capstan.Engine.Tools.Read;

/// <summary>The entries of a directory as a model sees them: from the read tool, and for attached directories.</summary>
/// <param name="Entries">The entries of the range, in order; directories, and links to directories, end with a slash.</param>
/// <param name="First">How many entries come before the range.</param>
/// <param name="Total">How many entries the directory has.</param>
internal sealed record DirectoryListing(IReadOnlyList<string> Entries, int First, int Total)
{
    private bool HasMore => First + Entries.Count < Total;

    /// <summary>Reads a directory.</summary>
    public static DirectoryListing Read(string path, ReadRange range)
    {
        // Links to directories end with a slash, too, because they can be listed like directories.
        var entries = new DirectoryInfo(path).EnumerateFileSystemInfos()
            .Select(entry => Directory.Exists(entry.FullName) ? entry.Name + "/" : entry.Name)
            .Order(StringComparer.Ordinal)
            .ToList();
        var first = (int)Math.Min(range.Offset - 1, entries.Count);
        return new DirectoryListing(entries.Slice(first, (int)Math.Min(range.Limit, entries.Count - first)), first, entries.Count);
    }

    /// <summary>Returns the text with the entries, and below them how many there are.</summary>
    /// <param name="name">The directory's path, as the model or client gave it.</param>
    public string Show(string name)
    {
        var footer = HasMore
            ? $"(Showing {Number(Entries.Count)} of {Number(Total)} entries. Use offset={Number(First + Entries.Count + 1)} to continue.)"
            : $"({Number(Total)} entries)";
        return $"<path>{name}</path>\n<type>directory</type>\n<entries>\n{string.Join('\n', Entries)}\n\n{footer}\n</entries>";
    }

    /// <summary>Makes the result of the read tool.</summary>
    public ToolResult ToResult(ToolPath path, ReadRange range, ToolContext context) => new(path.Relative(context), Show(path.Named), new JsonObject
    {
        ["preview"] = string.Join('\n', Entries.Take(20)),
        ["truncated"] = HasMore,
        ["loaded"] = new JsonArray(),
        ["display"] = new JsonObject
        {
            ["type"] = "directory",
            ["path"] = path.Named,
            ["entries"] = new JsonArray([.. Entries.Select(entry => (JsonNode)entry)]),
            ["offset"] = range.Offset,
            ["totalEntries"] = Total,
            ["truncated"] = HasMore,
        },
    });

    private static string Number(long value) => value.ToString(CultureInfo.InvariantCulture);
}
