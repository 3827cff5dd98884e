using Capstan.Engine.Configuration.Settings;
using Capstan.Engine.Configuration.Trust;

namespace Capstan.Engine.Configuration.Description;

/// <summary>
/// Capstan's own settings, the key <c>capstan</c>. They are read into <see cref="CapstanSettings"/>, which has a property for each.
/// </summary>
internal static class CapstanKeys
{
    // Subtracting a hundred years from the time of today gives a date that the calendar has.
    private const long HundredYears = 100L * 365 * 24 * 60 * 60 * 1000;

    // Files that are attached are held in memory, in arrays, which cannot be longer.
    private const long MostAttached = 1 << 30;

    private static readonly ConfigKey Policy = Setting(
        "permissionPolicy",
        Closed(
            new("mode", Kinds.Choice("ask", "allow", "deny"),
                "what happens to requests that rules answer with *ask*") { IsRequired = true },
            Setting("deadline", Kinds.Whole,
                "with `ask`: how many milliseconds a request waits for a person; more than 0, and for ever where none is set"),
            Setting("answer", Kinds.Choice("allow", "deny"), "the answer after that") with { Default = "deny" }),
        "what happens to requests for permission where nobody answers; requests wait for a person where none is set");

    /// <summary>The settings.</summary>
    public static ObjectKind Kind { get; } = Closed(
        Setting("projects", Kinds.Choice(ProjectTrust.Trusted, ProjectTrust.Restricted),
            "whether the files of projects may do what OpenCode lets them do; `restricted` is for servers that open repositories of others")
            with { Default = ProjectTrust.Trusted, Origin = KeyOrigin.OutsideProjects },
        Setting("env", Kinds.Texts, "variables that the files of restricted projects may refer to")
            with { Origin = KeyOrigin.OutsideProjects },
        Setting("store", Kinds.Text,
            "where sessions are kept: `sqlite`, a file in the data directory, or the URL of a PostgreSQL database ([operations.md](operations.md#postgresql))")
            with { Default = "sqlite", Origin = KeyOrigin.OutsideProjects, IsReadAtStart = true },
        Block(
            "postgres",
            "how a store on PostgreSQL is used",
            Count("lanes", null, "how many connections write at the same time, half as many as there are processors and 4 at the most "
                + "where none is set; settled when the tables are made", least: 1, most: 64),
            Time("patience", PostgresSettings.Default.Patience, "how long writes wait for a database that is away before they fail"))
            with { Origin = KeyOrigin.OutsideProjects, IsReadAtStart = true },
        Block(
            "commands",
            "the commands that tool calls run",
            Setting("env", Kinds.Texts, "variables that commands get beside those of [security.md](security.md#secrets)"))
            with { Origin = KeyOrigin.OutsideProjects },
        Policy,
        new ConfigKey("agents", Kinds.Named(Closed(Policy)), "settings of agents, by name"),
        Block(
            "turns",
            "limits of turns",
            Count("maxRetries", TurnSettings.Default.MaxRetries, "how often a failed model call is tried again"),
            Time("retryDelay", TurnSettings.Default.RetryDelay,
                "the wait before the first retry, which doubles with each further one (plus up to a quarter by chance)"),
            Time("maxRetryDelay", TurnSettings.Default.MaxRetryDelay, "the longest such wait where the provider names none"),
            Time("maxRetryAfter", TurnSettings.Default.MaxRetryAfter,
                "the longest `retry-after` of a provider that is waited for; a longer one ends the turn"),
            Time("abortGrace", TurnSettings.Default.AbortGrace, "the time for tools to settle when a turn is aborted"),
            Count("maxResumptions", TurnSettings.Default.MaxResumptions,
                "resumptions of a turn whose process died, before its prompts are given up"),
            Time("maxSnapshotWait", TurnSettings.Default.MaxSnapshotWait,
                "the wait of a turn for what it changed in files: at the beginning of a step (beside the model), at its end, and "
                + "for the texts of what changed, each"),
            Count("maxOutputTokens", TurnSettings.Default.MaxOutputTokens, "output tokens asked for, or the model's limit if lower")),
        Block(
            "attachments",
            "limits of the files that come with prompts",
            Size("maxFile", AttachmentSettings.Default.MaxFile, "the largest file that is attached by its path", most: MostAttached),
            Size("maxSum", AttachmentSettings.Default.MaxSum, "all files of a prompt, as they are stored", most: MostAttached)),
        Block(
            "workspaces",
            "what happens to workspaces",
            Setting("recreate", Kinds.Flag, "whether a prompt to a session whose directory is gone makes it again, empty; else it is refused")
                with { Default = WorkspaceSettings.Default.Recreate }),
        Block(
            "contexts",
            "what is kept in memory between turns",
            Size("maxBytes", ContextSettings.Default.MaxBytes,
                "what is kept in memory of what models have been shown, so that a turn need not read a long history anew; 0 keeps nothing"),
            Time("maxAge", ContextSettings.Default.MaxAge, "how long it is kept after a session's last turn", least: 1))
            with { IsReadAtStart = true },
        Block(
            "retention",
            "what is kept in the data directory",
            Time("toolOutputAge", RetentionSettings.Default.ToolOutputAge,
                "how long the text of a tool's output is kept", most: HundredYears),
            Size("toolOutputBytes", RetentionSettings.Default.ToolOutputBytes, "how much of such texts is kept, the newest first"),
            Time("snapshotAge", RetentionSettings.Default.SnapshotAge, "how long objects of snapshots are kept", most: HundredYears),
            Size("snapshotBytes", RetentionSettings.Default.SnapshotBytes, "how much of them is kept"))
            with { IsReadAtStart = true },
        Block(
            "events",
            "limits of events",
            Count("retain", EventSettings.Default.Retain,
                "how many of the newest durable events are kept for readers that resume", most: long.MaxValue),
            Size("retainBytes", EventSettings.Default.RetainBytes, "how many bytes of them are kept"),
            Count("maxWaiting", EventSettings.Default.MaxWaiting, "how many events may wait for one reader", least: 1),
            Size("maxWaitingBytes", EventSettings.Default.MaxWaitingBytes, "how many bytes of events may wait for one reader", least: 1))
            with { IsReadAtStart = true },
        Block(
            "server",
            "the HTTP server",
            Setting("basePath", Kinds.Text,
                "the path below which all routes are, where a proxy passes its path on; begins with a slash and does not end with one"),
            Setting("trustedProxies", Kinds.Texts, "IP addresses of proxies whose `X-Forwarded-*` headers are believed"),
            Setting("allowedHosts", Kinds.Texts, "further names in the Host header, such as those that a proxy passes on"),
            Size("maxBodySize", ServerSettings.Default.MaxBodySize, "the largest request body", least: 1),
            Time("heartbeat", ServerSettings.Default.Heartbeat, "the time between heartbeats of event streams", least: 1),
            Time("earlyHeaders", ServerSettings.Default.EarlyHeaders, "how long a synchronous prompt may take before its headers are sent"),
            Time("keepAlive", ServerSettings.Default.KeepAlive,
                "the time between the blanks that follow them; less than what a proxy allows between two reads", least: 1),
            Time("answerDelay", ServerSettings.Default.AnswerDelay,
                "the time that a client which reads events too has to read them before its synchronous prompt "
                + "is answered; 0 also does not wait until they are sent"),
            Time("drain", ServerSettings.Default.Drain, "how long running turns may go on when the server is told to stop"),
            Size("responseBuffer", ServerSettings.Default.ResponseBuffer,
                "what may wait to be sent on one connection in the server", least: 1, most: int.MaxValue),
            Size("sendBuffer", ServerSettings.Default.SendBuffer,
                "what may wait in the system, which doubles it", least: 4096, most: int.MaxValue))
            with { IsReadAtStart = true });

    /// <summary>The key that holds them.</summary>
    public static ConfigKey Root { get; } = new("capstan", Kind, "Capstan's own settings") { IsShown = false, Origin = KeyOrigin.TrustedProjects };

    private static ObjectKind Closed(params IReadOnlyList<ConfigKey> keys) => new(keys) { IsClosed = true };

    private static ConfigKey Block(string name, string text, params IReadOnlyList<ConfigKey> settings) => new(name, Closed(settings), text);

    private static ConfigKey Setting(string name, KeyKind kind, string text) => new(name, kind, text) { MayBeNull = true };

    private static ConfigKey Count(string name, long? standard, string text, long least = 0, long most = int.MaxValue) =>
        Limit(LimitUnit.Count, name, standard, text, least, most);

    // A timer takes no longer time than this, some 24 days.
    private static ConfigKey Time(string name, long? standard, string text, long least = 0, long most = int.MaxValue) =>
        Limit(LimitUnit.Milliseconds, name, standard, text, least, most);

    private static ConfigKey Size(string name, long? standard, string text, long least = 0, long most = long.MaxValue) =>
        Limit(LimitUnit.Bytes, name, standard, text, least, most);

    private static ConfigKey Limit(LimitUnit unit, string name, long? standard, string text, long least, long most) =>
        Setting(name, new LimitKind(unit, least, most), text) with { Default = standard };
}
