using System.Net;
using Capstan.Engine.Configuration.Settings;

namespace Capstan.Server;

/// <summary>How the HTTP face is set up.</summary>
public sealed record ServerOptions
{
    /// <summary>The port OpenCode's clients try first.</summary>
    public const int DefaultPort = 4096;

    /// <summary>The address or name to listen on; default 127.0.0.1. <c>localhost</c> is both 127.0.0.1 and ::1.</summary>
    public string Hostname { get; init; } = "127.0.0.1";

    /// <summary>The port; 0 takes <see cref="DefaultPort"/> where it is free and any other where it is not.</summary>
    public int Port { get; init; }

    /// <summary>The user of Basic authentication; default <c>opencode</c>.</summary>
    public string Username { get; init; } = "opencode";

    /// <summary>The password; null or empty switches authentication off.</summary>
    public string? Password { get; init; }

    /// <summary>Further origins that web pages may come from, such as <c>https://app.example.org</c>.</summary>
    public IReadOnlyList<string> AllowedOrigins { get; init; } = [];

    /// <summary>Further names by which the server may be addressed (the Host header); needed behind a proxy that passes its own.</summary>
    public IReadOnlyList<string> AllowedHosts { get; init; } = [];

    /// <summary>The largest request body in bytes; default 32 MiB.</summary>
    public long MaxBodySize { get; init; } = 32 << 20;

    /// <summary>The time between heartbeats on event streams; default 10 s.</summary>
    public TimeSpan Heartbeat { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long a synchronous prompt waits before it sends its headers and begins to keep the line alive; default 1 s.</summary>
    public TimeSpan EarlyHeaders { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>
    /// The time between the blanks that keep the connection of a synchronous prompt alive after that; default 10 s. It must be less than
    /// what the proxies on the way allow between two reads.
    /// </summary>
    public TimeSpan KeepAlive { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// How long the answer to a synchronous prompt is held back, once the events of its turn were sent, where the client that prompts reads
    /// events too; default 4 ms. 0 holds nothing back, not even for the events to be sent first.
    /// </summary>
    public TimeSpan AnswerDelay { get; init; } = TimeSpan.FromMilliseconds(4);

    /// <summary>The path below which all routes are, such as <c>/agents</c>; default none.</summary>
    public string BasePath { get; init; } = "";

    /// <summary>Addresses of proxies whose <c>X-Forwarded-For</c>, <c>-Proto</c>, <c>-Host</c> and <c>-Prefix</c> are believed.</summary>
    public IReadOnlyList<string> TrustedProxies { get; init; } = [];

    /// <summary>How long turns that run may go on when the server is told to stop; default 10 s.</summary>
    public TimeSpan Drain { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How many bytes may wait on one connection in the server before whoever writes has to wait; default 8 KiB.</summary>
    public int ResponseBuffer { get; init; } = 8 * 1024;

    /// <summary>
    /// How many bytes may wait on one connection in the system, which takes up to twice as many; default 128 KiB. Far away clients read
    /// large answers faster with more. Left to itself, the system grows it to megabytes for each reader that has stopped reading.
    /// </summary>
    public int SendBuffer { get; init; } = 128 * 1024;

    /// <summary>The workspace of requests that name none; default the directory that the server was started in.</summary>
    public string Directory { get; init; } = Environment.CurrentDirectory;

    /// <summary>Whether only programs on this machine reach the server.</summary>
    internal bool IsLocal =>
        Hostname == "localhost" || (IPAddress.TryParse(Hostname, out var address) && IPAddress.IsLoopback(address));

    /// <summary>Why the server must not start like this, or null.</summary>
    public string? Problem
    {
        get
        {
            if (!IsLocal && string.IsNullOrEmpty(Password))
            {
                return $"Listening on {Hostname} lets the network in, and whoever gets in can run commands here. "
                    + "Set OPENCODE_SERVER_PASSWORD first, or listen on 127.0.0.1.";
            }

            if (BasePath.Length > 0 && (!BasePath.StartsWith('/') || BasePath.EndsWith('/')))
                return $"capstan.server.basePath must begin with a slash and not end with one, and \"{BasePath}\" does not.";
            if (AllowedHosts.FirstOrDefault(static host => !IsHost(host)) is { } unusable)
                return $"capstan.server.allowedHosts must hold names such as agents.example.org, without scheme and port, and \"{unusable}\" is none.";
            return TrustedProxies.FirstOrDefault(static proxy => !IPAddress.TryParse(proxy, out _)) is { } bad
                ? $"capstan.server.trustedProxies must hold IP addresses, and \"{bad}\" is none."
                : null;
        }
    }

    /// <summary>Whether a text is a name that a Host header can hold, or <c>*</c> for any. What is not would never be equal to one.</summary>
    public static bool IsHost(string text) => text == "*" || Uri.CheckHostName(text) != UriHostNameType.Unknown;

    /// <summary>These options with what the configuration sets.</summary>
    public ServerOptions With(ServerSettings settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        return this with
        {
            BasePath = settings.BasePath ?? BasePath,
            TrustedProxies = settings.TrustedProxies ?? TrustedProxies,
            AllowedHosts = [.. AllowedHosts, .. settings.AllowedHosts ?? []],
            MaxBodySize = settings.MaxBodySize ?? MaxBodySize,
            Heartbeat = Time(settings.Heartbeat) ?? Heartbeat,
            EarlyHeaders = Time(settings.EarlyHeaders) ?? EarlyHeaders,
            KeepAlive = Time(settings.KeepAlive) ?? KeepAlive,
            AnswerDelay = Time(settings.AnswerDelay) ?? AnswerDelay,
            Drain = Time(settings.Drain) ?? Drain,
            ResponseBuffer = settings.ResponseBuffer ?? ResponseBuffer,
            SendBuffer = settings.SendBuffer ?? SendBuffer,
        };
    }

    private static TimeSpan? Time(long? milliseconds) => milliseconds is { } value ? TimeSpan.FromMilliseconds(value) : null;

    /// <summary>The version that <c>/global/health</c> answers.</summary>
    public required string Version { get; init; }
}
