using System.Globalization;
using System.Text.Json.Nodes;

namespace Capstan.Engine.Tools.Read;

/// <summary>The entries of a directory, as the read tool shows them.</summary>
internal static class DirectoryListing
{
    public static ToolResult Read(ToolPath path, ReadRange range, ToolContext context)
    {
        // Links to directories end with a slash, too: they can be listed.
        var entries = new DirectoryInfo(path.Resolved).EnumerateFileSystemInfos()
            .Select(entry => Directory.Exists(entry.FullName) ? entry.Name + "/" : entry.Name)
            .Order(StringComparer.Ordinal)
            .ToList();
        var first = (int)Math.Min(range.Offset - 1, entries.Count);
        var shown = entries.Slice(first, (int)Math.Min(range.Limit, entries.Count - first));
        var more = first + shown.Count < entries.Count;
        var text = string.Join('\n', shown);
        var footer = more
            ? $"(Showing {Number(shown.Count)} of {Number(entries.Count)} entries. Use offset={Number(first + shown.Count + 1)} to continue.)"
            : $"({Number(entries.Count)} entries)";
        return new ToolResult(
            path.Relative(context),
            $"<path>{path.Named}</path>\n<type>directory</type>\n<entries>\n{text}\n\n{footer}\n</entries>",
            new JsonObject
            {
                ["preview"] = string.Join('\n', shown.Take(20)),
                ["truncated"] = more,
                ["loaded"] = new JsonArray(),
                ["display"] = new JsonObject
                {
                    ["type"] = "directory",
                    ["path"] = path.Named,
                    ["entries"] = new JsonArray([.. shown.Select(entry => (JsonNode)entry)]),
                    ["offset"] = range.Offset,
                    ["totalEntries"] = entries.Count,
                    ["truncated"] = more,
                },
            });
    }

    private static string Number(long value) => value.ToString(CultureInfo.InvariantCulture);
}
