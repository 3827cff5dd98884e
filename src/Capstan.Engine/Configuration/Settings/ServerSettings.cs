namespace Capstan.Engine.Configuration.Settings;

/// <summary>Settings of the HTTP server. A setting that is absent keeps its default.</summary>
public sealed record ServerSettings
{
    /// <summary>The defaults, where they are stated once for the code and for docs/configuration.md.</summary>
    public static ServerSettings Default { get; } = new()
    {
        MaxBodySize = 32 << 20,
        Heartbeat = 10_000,
        EarlyHeaders = 1_000,
        KeepAlive = 10_000,
        AnswerDelay = 4,
        Drain = 10_000,
        ResponseBuffer = 8 << 10,
        SendBuffer = 128 << 10,
    };

    /// <summary>The path below which all routes are, such as <c>/agents</c>, for servers behind a proxy.</summary>
    public string? BasePath { get; init; }

    /// <summary>Addresses of proxies whose forwarded headers are trusted.</summary>
    public IReadOnlyList<string>? TrustedProxies { get; init; }

    /// <summary>Further host names by which clients may address the server.</summary>
    public IReadOnlyList<string>? AllowedHosts { get; init; }

    /// <summary>The largest request body, in bytes.</summary>
    public long? MaxBodySize { get; init; }

    /// <summary>The time between heartbeats on event streams, in milliseconds.</summary>
    public long? Heartbeat { get; init; }

    /// <summary>
    /// How long a synchronous prompt may take before its response headers are sent, in milliseconds.
    /// </summary>
    public long? EarlyHeaders { get; init; }

    /// <summary>
    /// The time between the blanks that are sent for such a prompt after its headers, in milliseconds.
    /// </summary>
    public long? KeepAlive { get; init; }

    /// <summary>
    /// How long the response to a synchronous prompt is held back where its client
    /// also reads events, in milliseconds; 0 for not at all.
    /// </summary>
    public long? AnswerDelay { get; init; }

    /// <summary>How long running turns may go on when the server is told to stop, in milliseconds.</summary>
    public long? Drain { get; init; }

    /// <summary>How many bytes the server buffers for one connection.</summary>
    public int? ResponseBuffer { get; init; }

    /// <summary>How many bytes the operating system buffers for one connection.</summary>
    public int? SendBuffer { get; init; }
}
