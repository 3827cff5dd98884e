using System.Globalization;
using System.Text;
using Capstan.Engine.Telemetry;

namespace Capstan.Server.Metrics;

/// <summary>
/// Writes metrics in Prometheus' text format 0.0.4
/// (<see href="https://prometheus.io/docs/instrumenting/exposition_formats/"/>). Names are as OpenTelemetry maps them:
/// dots become underscores, the unit comes after the name, and counters end with <c>_total</c>.
/// </summary>
internal static class PrometheusText
{
    /// <summary>The media type of the format.</summary>
    public const string ContentType = "text/plain; version=0.0.4; charset=utf-8";

    /// <summary>Writes all metric families.</summary>
    public static string Write(IEnumerable<MetricFamily> families)
    {
        var text = new StringBuilder();
        foreach (var family in families)
            Write(text, family);
        return text.ToString();
    }

    private static void Write(StringBuilder text, MetricFamily family)
    {
        var name = NameOf(family);
        text.Append("# HELP ").Append(name).Append(' ').Append(Escape(family.Description, isLabel: false)).Append('\n');
        text.Append("# TYPE ").Append(name).Append(' ').Append(family.Kind.ToString().ToLowerInvariant()).Append('\n');
        foreach (var series in family.Series)
        {
            if (family.Kind == MetricKind.Histogram)
                WriteHistogram(text, name, family.Boundaries, series);
            else
                WriteLine(text, name, series.Labels, null, series.Value);
        }
    }

    /// <summary>
    /// Writes a histogram. Buckets are cumulative: each includes those below it, and the last one includes all.
    /// </summary>
    private static void WriteHistogram(StringBuilder text, string name, IReadOnlyList<double> boundaries, MetricSeries series)
    {
        var count = 0L;
        for (var i = 0; i < series.Buckets.Count; i++)
        {
            count += series.Buckets[i];
            WriteLine(text, $"{name}_bucket", series.Labels, i < boundaries.Count ? Number(boundaries[i]) : "+Inf", count);
        }

        WriteLine(text, $"{name}_sum", series.Labels, null, series.Value);
        WriteLine(text, $"{name}_count", series.Labels, null, count);
    }

    private static void WriteLine(
        StringBuilder text, string name, IReadOnlyList<KeyValuePair<string, string>> labels, string? upTo, double value)
    {
        text.Append(name);
        var separator = '{';
        foreach (var (label, content) in labels)
        {
            text.Append(separator).Append(Plain(label)).Append("=\"").Append(Escape(content, isLabel: true)).Append('"');
            separator = ',';
        }

        if (upTo is not null)
        {
            text.Append(separator).Append("le=\"").Append(upTo).Append('"');
            separator = ',';
        }

        if (separator == ',')
            text.Append('}');
        text.Append(' ').Append(Number(value)).Append('\n');
    }

    private static string NameOf(MetricFamily family)
    {
        // A unit in braces only says what is counted, and does not become part of the name.
        var unit = family.Unit switch
        {
            "s" => "_seconds",
            "By" => "_bytes",
            _ => "",
        };
        return $"{Plain(family.Name)}{unit}{(family.Kind == MetricKind.Counter ? "_total" : "")}";
    }

    private static string Plain(string name) =>
        string.Create(name.Length, name, static (plain, name) =>
        {
            for (var i = 0; i < name.Length; i++)
                plain[i] = char.IsAsciiLetterOrDigit(name[i]) ? name[i] : '_';
        });

    private static string Escape(string text, bool isLabel)
    {
        var escaped = text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal);
        return isLabel ? escaped.Replace("\"", "\\\"", StringComparison.Ordinal) : escaped;
    }

    private static string Number(double value) => value.ToString("R", CultureInfo.InvariantCulture);
}
