namespace Capstan.Engine.Configuration.Settings;

/// <summary>The HTTP server; what is absent keeps its default.</summary>
public sealed record ServerSettings
{
    /// <summary>The path below which all routes are, for proxies, such as <c>/agents</c>; default none.</summary>
    public string? BasePath { get; init; }

    /// <summary>Addresses of proxies whose forwarded headers are believed; default none.</summary>
    public IReadOnlyList<string>? TrustedProxies { get; init; }

    /// <summary>Further names by which the server may be addressed.</summary>
    public IReadOnlyList<string>? AllowedHosts { get; init; }

    /// <summary>The largest request body; default 32 MiB.</summary>
    public long? MaxBodySize { get; init; }

    /// <summary>The time between heartbeats on event streams; default 10,000.</summary>
    public long? Heartbeat { get; init; }

    /// <summary>How long a synchronous prompt waits before it sends its headers; default 1,000.</summary>
    public long? EarlyHeaders { get; init; }

    /// <summary>The time between the blanks that such a prompt sends after that; default 10,000.</summary>
    public long? KeepAlive { get; init; }

    /// <summary>How long a synchronous prompt's answer is held back where its client reads events too; default 4, and 0 for not at all.</summary>
    public long? AnswerDelay { get; init; }

    /// <summary>How long turns that run may go on when the server is told to stop; default 10,000.</summary>
    public long? Drain { get; init; }

    /// <summary>How much may wait on one connection in the server; default 8 KiB.</summary>
    public int? ResponseBuffer { get; init; }

    /// <summary>How much may wait on one connection in the system; default 128 KiB.</summary>
    public int? SendBuffer { get; init; }

    internal (string Key, string Reason)? Problem => SettingRange.Check(
        "server",
        new("maxBodySize", MaxBodySize, Least: 1, Most: long.MaxValue),
        new("heartbeat", Heartbeat, Least: 1),
        new("earlyHeaders", EarlyHeaders),
        new("keepAlive", KeepAlive, Least: 1),
        new("answerDelay", AnswerDelay),
        new("drain", Drain),
        new("responseBuffer", ResponseBuffer, Least: 1),
        new("sendBuffer", SendBuffer, Least: 4096));
}
