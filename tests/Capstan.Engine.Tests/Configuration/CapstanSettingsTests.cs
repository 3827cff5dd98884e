using System.Text.Json.Nodes;
using Capstan.Engine.Configuration;
using Capstan.Engine.Configuration.Settings;
using Capstan.Engine.Retention;
using Capstan.Engine.Turns;
using Xunit;

namespace Capstan.Engine.Tests.Configuration;

public sealed class CapstanSettingsTests
{
    [Theory]
    [InlineData("""{"turns":{"maxRetries":-1}}""", "turns.maxRetries", "from 0 to 2147483647")]
    [InlineData("""{"turns":{"retryDelay":99999999999}}""", "turns.retryDelay", "from 0 to 2147483647")]
    [InlineData("""{"events":{"maxWaiting":0}}""", "events.maxWaiting", "from 1 to")]
    [InlineData("""{"events":{"retain":-5}}""", "events.retain", "from 0 to")]
    [InlineData("""{"server":{"heartbeat":0}}""", "server.heartbeat", "from 1 to")]
    [InlineData("""{"server":{"drain":-10}}""", "server.drain", "from 0 to")]
    [InlineData("""{"server":{"sendBuffer":1}}""", "server.sendBuffer", "from 4096 to")]
    [InlineData("""{"server":{"keepalive":1}}""", "server.keepalive", "There is no such key. Did you mean \"keepAlive\"?")]
    [InlineData("""{"turn":{}}""", "turn", "There is no such key. Did you mean \"turns\"?")]
    [InlineData("""{"colour":1}""", "colour", "There is no such key. Known are ")]
    [InlineData("""{"permissionPolicy":{"mode":"perhaps"}}""", "permissionPolicy.mode", "Expected one of ask, allow, deny, got \"perhaps\"")]
    [InlineData("""{"server":{"keepAlive":"soon"}}""", "server.keepAlive", "Expected a whole number, got \"soon\"")]
    public void A_value_out_of_its_range_is_named_with_the_range(string settings, string key, string reason)
    {
        var error = Assert.Throws<ConfigException>(() => CapstanSettings.Read(JsonNode.Parse(settings)!.AsObject(), "/w/opencode.json"));

        var issue = Assert.Single(error.Issues);
        Assert.Equal($"capstan.{key}", string.Join('.', issue.Path));
        Assert.Contains(reason, issue.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_in_its_range_is_taken()
    {
        var settings = CapstanSettings.Read(
            JsonNode.Parse("""{"events":{"retain":0,"maxWaiting":1},"server":{"heartbeat":1,"responseBuffer":4096}}""")!.AsObject(), "/w");

        Assert.Equal(0, settings.Events.Retain);
        Assert.Equal(1, settings.Events.MaxWaiting);
        Assert.Equal(1, settings.Server.Heartbeat);
        Assert.Equal(4096, settings.Server.ResponseBuffer);
    }

    [Theory]
    [InlineData("turns", "maxRetries", 0, int.MaxValue)]
    [InlineData("turns", "retryDelay", 0, int.MaxValue)]
    [InlineData("turns", "maxRetryDelay", 0, int.MaxValue)]
    [InlineData("turns", "maxRetryAfter", 0, int.MaxValue)]
    [InlineData("turns", "abortGrace", 0, int.MaxValue)]
    [InlineData("turns", "maxResumptions", 0, int.MaxValue)]
    [InlineData("turns", "maxSnapshotWait", 0, int.MaxValue)]
    [InlineData("turns", "maxOutputTokens", 0, int.MaxValue)]
    [InlineData("attachments", "maxFile", 0, 1 << 30)]
    [InlineData("attachments", "maxSum", 0, 1 << 30)]
    [InlineData("retention", "toolOutputAge", 0, 3_153_600_000_000)]
    [InlineData("retention", "toolOutputBytes", 0, long.MaxValue)]
    [InlineData("retention", "snapshotAge", 0, 3_153_600_000_000)]
    [InlineData("retention", "snapshotBytes", 0, long.MaxValue)]
    [InlineData("contexts", "maxBytes", 0, long.MaxValue)]
    [InlineData("contexts", "maxAge", 1, int.MaxValue)]
    [InlineData("events", "retain", 0, long.MaxValue)]
    [InlineData("events", "retainBytes", 0, long.MaxValue)]
    [InlineData("events", "maxWaiting", 1, int.MaxValue)]
    [InlineData("events", "maxWaitingBytes", 1, long.MaxValue)]
    [InlineData("server", "maxBodySize", 1, long.MaxValue)]
    [InlineData("server", "heartbeat", 1, int.MaxValue)]
    [InlineData("server", "earlyHeaders", 0, int.MaxValue)]
    [InlineData("server", "keepAlive", 1, int.MaxValue)]
    [InlineData("server", "answerDelay", 0, int.MaxValue)]
    [InlineData("server", "drain", 0, int.MaxValue)]
    [InlineData("server", "responseBuffer", 1, int.MaxValue)]
    [InlineData("server", "sendBuffer", 4096, int.MaxValue)]
    public void Each_number_may_be_the_least_and_the_most_of_its_range_and_no_less_and_no_more(string block, string key, long least, long most)
    {
        Assert.NotNull(Read(block, key, least));
        Assert.NotNull(Read(block, key, most));
        Refused(least - 1);
        if (most < long.MaxValue)
            Refused(most + 1);

        void Refused(long value) => Assert.Equal(
            $"/w: capstan.{block}.{key}: must be from {least} to {most}",
            Assert.Throws<ConfigException>(() => Read(block, key, value)).Message);
    }

    [Fact]
    public void Limits_of_turns_are_what_is_set_and_otherwise_stay()
    {
        var defaults = new TurnOptions();

        Assert.Equal(defaults, defaults.With(new TurnSettings()));
        Assert.Equal(
            defaults with
            {
                MaxRetries = 1,
                RetryDelay = TimeSpan.FromMilliseconds(2),
                MaxRetryDelay = TimeSpan.FromMilliseconds(3),
                MaxRetryAfter = TimeSpan.FromMilliseconds(4),
                AbortGrace = TimeSpan.FromMilliseconds(5),
                MaxResumptions = 6,
                MaxOutputTokens = 7,
                MaxSnapshotWait = TimeSpan.FromMilliseconds(8),
            },
            defaults.With(
                Read("""{"turns":{"maxRetries":1,"retryDelay":2,"maxRetryDelay":3,"maxRetryAfter":4,"abortGrace":5,"maxResumptions":6,"maxOutputTokens":7,"maxSnapshotWait":8}}""").Turns));
    }

    [Fact]
    public void What_is_kept_of_histories_is_what_is_set_and_otherwise_stays()
    {
        Assert.Equal(new ContextOptions(), new ContextOptions().With(new ContextSettings()));
        Assert.Equal(
            new ContextOptions(MaxBytes: 1) { MaxAge = TimeSpan.FromMilliseconds(2) },
            new ContextOptions().With(Read("""{"contexts":{"maxBytes":1,"maxAge":2}}""").Contexts));
    }

    [Fact]
    public void What_is_kept_is_what_is_set_and_otherwise_stays()
    {
        var defaults = new RetentionOptions();

        Assert.Equal(defaults, defaults.With(new RetentionSettings()));
        Assert.Equal(
            defaults with
            {
                ToolOutputAge = TimeSpan.FromMilliseconds(1),
                ToolOutputBytes = 2,
                SnapshotAge = TimeSpan.FromMilliseconds(3),
                SnapshotBytes = 4,
            },
            defaults.With(Read("""{"retention":{"toolOutputAge":1,"toolOutputBytes":2,"snapshotAge":3,"snapshotBytes":4}}""").Retention));
    }

    [Theory]
    [InlineData("""{"permissionPolicy":5}""", "permissionPolicy: Expected an object, got 5")]
    [InlineData("""{"agents":[]}""", "agents: Expected an object, got []")]
    [InlineData("""{"agents":{"a":{"permissionPolicy":{"mode":"ask","deadline":0}}}}""", "agents.a.permissionPolicy: the deadline must be more than 0 milliseconds")]
    [InlineData("""{"permissionPolicy":{"mode":"ask","deadline":0}}""", "permissionPolicy: the deadline must be more than 0 milliseconds")]
    [InlineData("""{"agents":{"a":{"x":1}}}""", "agents.a.x: There is no such key. Known are permissionPolicy.")]
    [InlineData("""{"projects":5}""", "projects: Expected one of trusted, restricted, got 5")]
    [InlineData("""{"projects":"open"}""", "projects: Expected one of trusted, restricted, got \"open\"")]
    [InlineData("""{"env":"A"}""", "env: Expected a list of strings, got \"A\"")]
    [InlineData("""{"commands":{"env":{}}}""", "commands.env: Expected a list of strings, got {}")]
    [InlineData("""{"workspaces":{"recreate":1}}""", "workspaces.recreate: Expected true or false, got 1")]
    [InlineData("""{"server":{"basePath":false}}""", "server.basePath: Expected a string, got false")]
    [InlineData("""{"turns":{"maxRetries":"3"}}""", "turns.maxRetries: Expected a whole number, got \"3\"")]
    // Null is no value where there must be one; the serializer would let it through, or fail in words of its own.
    [InlineData("""{"turns":null}""", "turns: Expected an object, got null")]
    [InlineData("""{"agents":{"a":null}}""", "agents.a: Expected an object, got null")]
    [InlineData("""{"commands":{"env":["A",null]}}""", "commands.env: Expected a list of strings, got [\"A\",null]")]
    // What may be a secret is not repeated, also within the value.
    [InlineData("""{"server":{"allowedHosts":{"token":"s3cret","x":1}}}""", "server.allowedHosts: Expected a list of strings, got {\"x\":1}")]
    [InlineData("""{"server":{"basePath":["http://u:s3cret@h","sk-abcdefgh1234"]}}""", "server.basePath: Expected a string, got [\"http://[redacted]@h\",\"[redacted]\"]")]
    [InlineData("""{"agents":{"token":5}}""", "agents.token: Expected an object, got something else")]
    // A policy without a mode is not one that allows.
    [InlineData("""{"permissionPolicy":{}}""", "permissionPolicy.mode: Missing key")]
    [InlineData("""{"permissionPolicy":{"deadline":5,"answer":"allow"}}""", "permissionPolicy.mode: Missing key")]
    [InlineData("""{"permissionPolicy":{"mode":null}}""", "permissionPolicy.mode: Expected one of ask, allow, deny, got null")]
    [InlineData("""{"agents":{"a":{"permissionPolicy":{"deadline":5}}}}""", "agents.a.permissionPolicy.mode: Missing key")]
    [InlineData("""{"permissionPolicy":{"mode":"ask","deadline":5,"answer":"ask"}}""", "permissionPolicy.answer: Expected one of allow, deny, got \"ask\"")]
    [InlineData("""{"permissionPolicy":{"mode":"ask","deadline":1.5}}""", "permissionPolicy.deadline: Expected a whole number, got 1.5")]
    // What the serializer would not read as a whole number is none.
    [InlineData("""{"turns":{"maxRetries":3.0}}""", "turns.maxRetries: Expected a whole number, got 3.0")]
    [InlineData("""{"events":{"retain":1e3}}""", "events.retain: Expected a whole number, got 1e3")]
    [InlineData("""{"events":{"retain":9223372036854775808}}""", "events.retain: Expected a whole number, got 9223372036854775808")]
    public void What_does_not_fit_is_said_in_words(string settings, string message) =>
        Assert.Equal($"/w: capstan.{message}", Assert.Throws<ConfigException>(() => Read(settings)).Message);

    [Theory]
    [InlineData("""{"permissionPolicy":null,"projects":null,"env":null,"turns":{"maxRetries":null},"server":{"basePath":null}}""")]
    [InlineData("""{"turns":{},"agents":{"a":{}}}""")]
    public void Where_nothing_need_be_set_null_is_nothing(string settings)
    {
        var read = Read(settings);

        Assert.Null(read.PermissionPolicy);
        Assert.Equal(new TurnSettings(), read.Turns);
        Assert.Equal(new ServerSettings(), read.Server);
    }

    private static CapstanSettings Read(string settings) => CapstanSettings.Read(JsonNode.Parse(settings)!.AsObject(), "/w");

    private static CapstanSettings Read(string block, string key, long value) => Read($$$"""{"{{{block}}}":{"{{{key}}}":{{{value}}}}}""");
}
