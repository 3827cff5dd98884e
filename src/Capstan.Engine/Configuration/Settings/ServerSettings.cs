namespace Capstan.Engine.Configuration.Settings;

/// <summary>Settings of the HTTP server. A setting that is absent keeps its default.</summary>
public sealed record ServerSettings
{
    /// <summary>The path below which all routes are, such as <c>/agents</c>, for servers behind a proxy; default none.</summary>
    public string? BasePath { get; init; }

    /// <summary>Addresses of proxies whose forwarded headers are trusted; default none.</summary>
    public IReadOnlyList<string>? TrustedProxies { get; init; }

    /// <summary>Further host names by which clients may address the server; default none.</summary>
    public IReadOnlyList<string>? AllowedHosts { get; init; }

    /// <summary>The largest request body, in bytes; default 32 MiB.</summary>
    public long? MaxBodySize { get; init; }

    /// <summary>The time between heartbeats on event streams, in milliseconds; default 10,000.</summary>
    public long? Heartbeat { get; init; }

    /// <summary>
    /// How long a synchronous prompt may take before its response headers are sent, in milliseconds; default 1,000.
    /// </summary>
    public long? EarlyHeaders { get; init; }

    /// <summary>
    /// The time between the blanks that are sent for such a prompt after its headers, in milliseconds; default 10,000.
    /// </summary>
    public long? KeepAlive { get; init; }

    /// <summary>
    /// How long the response to a synchronous prompt is held back where its client
    /// also reads events, in milliseconds; default 4, and 0 for not at all.
    /// </summary>
    public long? AnswerDelay { get; init; }

    /// <summary>How long running turns may go on when the server is told to stop, in milliseconds; default 10,000.</summary>
    public long? Drain { get; init; }

    /// <summary>How many bytes the server buffers for one connection; default 8 KiB.</summary>
    public int? ResponseBuffer { get; init; }

    /// <summary>How many bytes the operating system buffers for one connection; default 128 KiB.</summary>
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
