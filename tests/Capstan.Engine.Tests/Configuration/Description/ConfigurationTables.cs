using System.Globalization;
using System.Text;
using Capstan.Engine.Configuration.Description;

namespace Capstan.Engine.Tests.Configuration.Description;

/// <summary>Writes the tables of docs/configuration.md out of the description.</summary>
internal static class ConfigurationTables
{
    /// <summary>The tables by the names in their marks.</summary>
    public static IReadOnlyDictionary<string, string> All { get; } = new Dictionary<string, string>
    {
        ["keys with an effect"] = WithEffect(),
        ["keys without effect"] = WithoutEffect(),
        ["settings"] = Settings(),
    };

    private static string WithEffect()
    {
        var table = new StringBuilder("| key | value | effect |\n|---|---|---|\n");
        foreach (var (place, key) in Rows(OpenCodeKeys.All, "", Nothing()).Where(static row => !row.Key.IsForOthers && row.Key.WithoutEffect is null))
            table.Append(CultureInfo.InvariantCulture, $"| `{place}` | {key.Kind.Words} | {key.Text}{Remarks(key)} |\n");
        return table.ToString();
    }

    private static string WithoutEffect()
    {
        var table = new StringBuilder("| key | why it has no effect |\n|---|---|\n");
        foreach (var (place, key) in Rows(OpenCodeKeys.All, "", Nothing()).Where(static row => row.Key.WithoutEffect is not null))
            table.Append(CultureInfo.InvariantCulture, $"| `{place}` | {key.WithoutEffect} |\n");
        var others = OpenCodeKeys.All.Where(static key => key.IsForOthers).Select(static key => $"`{key.Name}`");
        return $"{table}\nFor other programs, and not mentioned: {string.Join(", ", others)}.\n";
    }

    private static string Settings()
    {
        var table = new StringBuilder("| setting | value | default | |\n|---|---|---|---|\n");
        foreach (var (place, key) in Rows(CapstanKeys.Kind.Keys, "", Nothing()))
            table.Append(CultureInfo.InvariantCulture, $"| `{place}` | {Range(key)} | {Default(key)} | {key.Text}{Remarks(key with { Default = null })} |\n");
        return table.ToString();
    }

    // What several keys have in common is listed where it occurs first.
    private static IEnumerable<(string Place, ConfigKey Key)> Rows(IEnumerable<ConfigKey> keys, string prefix, HashSet<ObjectKind> seen)
    {
        foreach (var key in keys)
        {
            yield return (prefix + key.Name, key);
            if (key.IsForOthers || key.WithoutEffect is not null)
                continue;
            foreach (var map in key.Kind.Objects.Where(map => seen.Add(map)))
            {
                foreach (var row in Rows(map.Keys, $"{prefix}{key.Name}.", seen))
                    yield return row;
                foreach (var inner in map.Others?.Objects.Where(seen.Add) ?? [])
                {
                    foreach (var row in Rows(inner.Keys, $"{prefix}{key.Name}.<name>.", seen))
                        yield return row;
                }
            }
        }
    }

    private static HashSet<ObjectKind> Nothing() => new(ReferenceEqualityComparer.Instance);

    private static string Remarks(ConfigKey key) => string.Concat(
        key.Default is null ? "" : $"; default {Default(key)}",
        key.AddsUp ? "; lists of several files add up" : "",
        key.IsReadAtStart ? "; read once, from the configuration of the directory that the server starts in" : "",
        key.Origin == KeyOrigin.OutsideProjects ? "; counts only outside projects" : "",
        key.Origin == KeyOrigin.TrustedProjects ? "; not taken from restricted projects" : "");

    private static string Range(ConfigKey key) => key.Kind is not LimitKind limit ? key.Kind.Words
        : string.Create(CultureInfo.InvariantCulture, $"{Unit(limit.Unit)} from {limit.Least}{(limit.Most == long.MaxValue ? "" : $" to {limit.Most}")}");

    private static string Unit(LimitUnit unit) => unit switch
    {
        LimitUnit.Milliseconds => "milliseconds",
        LimitUnit.Bytes => "bytes",
        _ => "a number",
    };

    private static string Default(ConfigKey key) => key.Default is null ? ""
        : key.Kind is LimitKind limit && InWords(limit.Unit, (long)key.Default) is { } words ? $"`{key.Default}` ({words})"
        : $"`{key.Default}`";

    private static string? InWords(LimitUnit unit, long number)
    {
        (long Size, string Name)[] units = unit switch
        {
            LimitUnit.Milliseconds => [(86_400_000, "days"), (60_000, "min"), (1000, "s")],
            LimitUnit.Bytes => [(1 << 30, "GiB"), (1 << 20, "MiB"), (1 << 10, "KiB")],
            _ => [],
        };
        return units.Where(candidate => number > 0 && number % candidate.Size == 0).Select(found => $"{number / found.Size} {found.Name}").FirstOrDefault();
    }
}
