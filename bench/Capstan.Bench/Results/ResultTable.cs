using System.Globalization;
using System.Text;

namespace Capstan.Bench.Results;

/// <summary>The figures of all servers side by side, in Markdown.</summary>
internal static class ResultTable
{
    /// <summary>Writes one line for each row that any server has a figure for.</summary>
    /// <param name="rows">All rows in their order.</param>
    /// <param name="columns">Each server's name and what was measured on it.</param>
    public static string Write(IEnumerable<Row> rows, IReadOnlyList<(string Name, IReadOnlyList<Figure> Figures)> columns)
    {
        var text = new StringBuilder();
        var compared = columns.Count == 2;
        Line(text, ["measurement", "unit", .. columns.Select(column => column.Name), .. compared ? ["times better"] : Array.Empty<string>(), "samples"]);
        Line(text, ["---", "---", .. columns.Select(_ => "---:"), .. compared ? ["---:"] : Array.Empty<string>(), "---"]);
        foreach (var row in rows)
        {
            var cells = columns.Select(column => column.Figures.FirstOrDefault(figure => figure.Row == row)).ToArray();
            if (cells.All(cell => cell is null))
                continue;
            Line(text,
            [
                row.Title, row.Unit, .. cells.Select(cell => Value(cell?.Value)), .. compared ? [Ratio(row, cells)] : Array.Empty<string>(),
                string.Join(" / ", cells.Select(cell => cell?.Samples ?? "–").Distinct()),
            ]);
        }

        return text.ToString();
    }

    private static void Line(StringBuilder text, IEnumerable<string> cells) =>
        text.Append("| ").AppendJoin(" | ", cells.Select(cell => cell.ReplaceLineEndings(" ").Replace("|", "\\|", StringComparison.Ordinal))).Append(" |\n");

    private static string Ratio(Row row, Figure?[] cells)
    {
        if (cells[0]?.Value is not { } first || cells[1]?.Value is not { } second)
            return "–";
        var ratio = row.Better == Direction.Lower ? second / first : first / second;
        return double.IsFinite(ratio) ? ratio.ToString(ratio < 10 ? "0.0×" : "0×", CultureInfo.InvariantCulture) : "–";
    }

    private static string Value(double? value) => value switch
    {
        null => "–",
        < 10 => value.Value.ToString("0.00", CultureInfo.InvariantCulture),
        < 100 => value.Value.ToString("0.0", CultureInfo.InvariantCulture),
        _ => value.Value.ToString("#,0", CultureInfo.InvariantCulture),
    };
}
