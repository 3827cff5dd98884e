using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using Capstan.Engine.Configuration;
using Capstan.Engine.Configuration.Description;
using Capstan.Engine.Configuration.Settings;
using Capstan.Engine.Events;
using Capstan.Engine.Journal;
using Capstan.Engine.Retention;
using Capstan.Engine.Turns;
using Xunit;

namespace Capstan.Engine.Tests.Configuration.Description;

/// <summary>The description of the configuration agrees with what it describes.</summary>
public sealed class ConfigDescriptionTests
{
    [Fact]
    public void Every_key_of_OpenCode_s_schema_is_known_and_takes_what_the_schema_allows()
    {
        var schemas = Schemas();
        var comparison = new SchemaComparison(schemas);

        Assert.Empty(comparison.Differences(schemas["Config"]!.AsObject(), ConfigDescription.Root, "Config"));

        // Whoever breaks the comparison finds nothing; so it is shown to find both sorts of difference.
        var less = new ObjectKind([.. ConfigDescription.Root.Keys.Where(static key => key.Name != "shell")]);
        Assert.Equal(["Config.shell is not described"], comparison.Differences(schemas["Config"]!.AsObject(), less, "Config"));
        Assert.NotEmpty(comparison.Differences(schemas["LogLevel"]!.AsObject(), Kinds.Choice("DEBUG", "INFO", "WARN"), "LogLevel"));
    }

    [Fact]
    public void Clients_are_shown_the_keys_of_OpenCode_s_schema_and_no_others() => Assert.Equal(
        Schemas()["Config"]!["properties"]!.AsObject().Select(static property => property.Key).Order(StringComparer.Ordinal),
        ConfigDescription.Root.Keys.Where(static key => key.IsShown).Select(static key => key.Name).Order(StringComparer.Ordinal));

    [Fact]
    public void Every_setting_has_a_property_of_its_kind_and_every_property_is_described() =>
        Assert.Empty(Differences(CapstanKeys.Kind, SettingsJson.Default.CapstanSettings, "capstan"));

    [Fact]
    public void Every_key_is_there_once_and_says_what_it_is_for()
    {
        foreach (var map in ConfigDescription.Root.AllKeys.SelectMany(static key => key.Kind.Objects).Append(ConfigDescription.Root))
            Assert.Distinct(map.Keys.Select(static key => key.Name), StringComparer.Ordinal);
        Assert.All(ConfigDescription.Root.AllKeys, static key => Assert.NotEqual("", key.Text));
    }

    [Fact]
    public void Every_default_is_one_that_may_be_written() => Assert.All(
        ConfigDescription.Root.AllKeys.Where(static key => key.Default is not null),
        static key => Assert.Empty(ConfigCheck.Of(key.Default!, key.Kind)));

    [Fact]
    public void The_least_and_the_most_of_every_setting_can_be_read()
    {
        foreach (var block in CapstanKeys.Kind.Keys)
        {
            foreach (var key in block.Kind.Objects.SelectMany(static map => map.Keys))
            {
                if (key.Kind is not LimitKind limit)
                    continue;
                foreach (var number in new[] { limit.Least, limit.Most })
                    CapstanSettings.Read(new JsonObject { [block.Name] = new JsonObject { [key.Name] = number } }, "/w");
            }
        }
    }

    [Fact]
    public void The_defaults_that_are_described_are_those_that_count()
    {
        var (turns, contexts, retention) = (new TurnOptions(), new ContextOptions(), new RetentionOptions());
        var real = new Dictionary<string, JsonNode?>
        {
            ["turns.maxRetries"] = turns.MaxRetries,
            ["turns.retryDelay"] = Milliseconds(turns.RetryDelay),
            ["turns.maxRetryDelay"] = Milliseconds(turns.MaxRetryDelay),
            ["turns.maxRetryAfter"] = Milliseconds(turns.MaxRetryAfter),
            ["turns.abortGrace"] = Milliseconds(turns.AbortGrace),
            ["turns.maxResumptions"] = turns.MaxResumptions,
            ["turns.maxSnapshotWait"] = Milliseconds(turns.MaxSnapshotWait),
            ["turns.maxOutputTokens"] = turns.MaxOutputTokens,
            ["contexts.maxBytes"] = contexts.MaxBytes,
            ["contexts.maxAge"] = Milliseconds(contexts.MaxAge),
            ["retention.toolOutputAge"] = Milliseconds(retention.ToolOutputAge),
            ["retention.toolOutputBytes"] = retention.ToolOutputBytes,
            ["retention.snapshotAge"] = Milliseconds(retention.SnapshotAge),
            ["retention.snapshotBytes"] = retention.SnapshotBytes,
            ["events.retain"] = JournalOptions.Default.RetainedEvents,
            ["events.retainBytes"] = JournalOptions.Default.RetainedBytes,
            ["events.maxWaiting"] = EventHubOptions.Default.MaxEvents,
            ["events.maxWaitingBytes"] = EventHubOptions.Default.MaxBytes,
        };

        foreach (var (place, value) in real)
        {
            var (block, name) = (place.Split('.')[0], place.Split('.')[1]);
            var described = ((ObjectKind)CapstanKeys.Kind[block]!.Kind)[name]!.Default;
            Assert.True(described!.ToJsonString() == value!.ToJsonString(), $"{place} is {value}, and described as {described}");
        }

        foreach (var block in real.Keys.Select(static place => place.Split('.')[0]).Distinct())
            Assert.All(((ObjectKind)CapstanKeys.Kind[block]!.Kind).Keys, key => Assert.True(real.ContainsKey($"{block}.{key.Name}"), key.Name));
    }

    [Fact]
    public void So_are_those_of_OpenCode_s_keys()
    {
        using var sandbox = new ConfigSandbox();
        var config = sandbox.Load();

        Assert.Equal((bool)ConfigDescription.Root["snapshot"]!.Default!, config.Snapshot);
        Assert.Equal((int)ConfigDescription.Root["subagent_depth"]!.Default!, config.SubagentDepth);
        var limits = (ObjectKind)ConfigDescription.Root["tool_output"]!.Kind;
        Assert.Equal(new ToolLimits((int)limits["max_lines"]!.Default!, (int)limits["max_bytes"]!.Default!), config.ToolOutput);
    }

    private static long Milliseconds(TimeSpan time) => (long)time.TotalMilliseconds;

    private static IEnumerable<string> Differences(ObjectKind kind, JsonTypeInfo type, string place)
    {
        var properties = type.Properties.Where(static property => property.Set is not null).ToDictionary(static property => property.Name);
        foreach (var name in properties.Keys.Except(kind.Keys.Select(static key => key.Name)))
            yield return $"{place}.{name} is not described";
        foreach (var key in kind.Keys)
        {
            if (!properties.TryGetValue(key.Name, out var property))
            {
                yield return $"{place}.{key.Name} has no property";
                continue;
            }

            var inner = type.Options.GetTypeInfo(property.PropertyType);
            if (key.MayBeNull != property.IsSetNullable && !key.IsRequired)
                yield return $"{place}.{key.Name} may be null in one of both";
            var (objects, values) = inner.Kind == JsonTypeInfoKind.Dictionary
                ? (key.Kind.Objects.Select(static map => map.Others).OfType<ObjectKind>(), type.Options.GetTypeInfo(inner.ElementType!))
                : (key.Kind.Objects, inner);
            foreach (var difference in objects.SelectMany(map => Differences(map, values, $"{place}.{key.Name}")))
                yield return difference;
        }
    }

    private static JsonObject Schemas([CallerFilePath] string here = "")
    {
        var file = Path.GetFullPath(Path.Combine(here, "../../../../../src/Capstan.Server/Documentation/openapi.json"));
        return JsonNode.Parse(File.ReadAllText(file))!["components"]!["schemas"]!.AsObject();
    }
}
