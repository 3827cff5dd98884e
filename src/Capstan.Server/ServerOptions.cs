using System.Net;
using Capstan.Engine.Configuration.Settings;

namespace Capstan.Server;

/// <summary>How the HTTP face is set up. Limits have the defaults of the settings, <see cref="ServerSettings.Default"/>.</summary>
public sealed record ServerOptions
{
    /// <summary>The port that OpenCode's clients try first.</summary>
    public const int DefaultPort = 4096;

    /// <summary>
    /// The address or name to listen on; default 127.0.0.1. The name <c>localhost</c> means both 127.0.0.1 and ::1.
    /// </summary>
    public string Hostname { get; init; } = "127.0.0.1";

    /// <summary>
    /// The port; default 0, which takes <see cref="DefaultPort"/> where it is free, and any free port where it is not.
    /// </summary>
    public int Port { get; init; }

    /// <summary>The user name for Basic authentication; default <c>opencode</c>.</summary>
    public string Username { get; init; } = "opencode";

    /// <summary>The password for Basic authentication; null or empty switches authentication off.</summary>
    public string? Password { get; init; }

    /// <summary>
    /// Further origins whose web pages may send requests, such as <c>https://app.example.org</c>; default none.
    /// </summary>
    public IReadOnlyList<string> AllowedOrigins { get; init; } = [];

    /// <summary>
    /// Further host names by which clients may address the server (the Host
    /// header); default none. Needed behind a proxy that passes its own name.
    /// </summary>
    public IReadOnlyList<string> AllowedHosts { get; init; } = [];

    /// <summary>The largest request body in bytes.</summary>
    public long MaxBodySize { get; init; } = (long)ServerSettings.Default.MaxBodySize!;

    /// <summary>The time between heartbeats on event streams.</summary>
    public TimeSpan Heartbeat { get; init; } = Time(ServerSettings.Default.Heartbeat)!.Value;

    /// <summary>
    /// How long a synchronous prompt may take before its response headers and the first blank are sent.
    /// </summary>
    public TimeSpan EarlyHeaders { get; init; } = Time(ServerSettings.Default.EarlyHeaders)!.Value;

    /// <summary>
    /// The time between the blanks that keep the connection of a synchronous prompt alive after that. It must be
    /// shorter than the time that proxies between the client and the server allow between two reads.
    /// </summary>
    public TimeSpan KeepAlive { get; init; } = Time(ServerSettings.Default.KeepAlive)!.Value;

    /// <summary>
    /// How long the answer to a synchronous prompt is held back after the events of its turn were sent, where the same client
    /// also reads events. With 0 the answer is not held back at all, not even until the events are sent.
    /// </summary>
    public TimeSpan AnswerDelay { get; init; } = Time(ServerSettings.Default.AnswerDelay)!.Value;

    /// <summary>The path below which all routes are, such as <c>/agents</c>; empty by default.</summary>
    public string BasePath { get; init; } = "";

    /// <summary>
    /// Addresses of proxies whose <c>X-Forwarded-For</c>, <c>-Proto</c>,
    /// <c>-Host</c> and <c>-Prefix</c> are trusted; default none.
    /// </summary>
    public IReadOnlyList<string> TrustedProxies { get; init; } = [];

    /// <summary>How long running turns may go on when the server is told to stop.</summary>
    public TimeSpan Drain { get; init; } = Time(ServerSettings.Default.Drain)!.Value;

    /// <summary>How many bytes the server buffers for one connection before a write to it blocks.</summary>
    public int ResponseBuffer { get; init; } = (int)ServerSettings.Default.ResponseBuffer!;

    /// <summary>
    /// How many bytes the operating system buffers for one connection. The system may
    /// take up to twice as much. Clients far away read large answers faster with more. Without a
    /// limit, the system's buffer grows to megabytes for each reader that has stopped reading.
    /// </summary>
    public int SendBuffer { get; init; } = (int)ServerSettings.Default.SendBuffer!;

    /// <summary>The directory of requests that name none; default the directory in which the server was started.</summary>
    public string Directory { get; init; } = Environment.CurrentDirectory;

    /// <summary>Whether only programs on this machine can reach the server.</summary>
    internal bool IsLocal =>
        Hostname == "localhost" || (IPAddress.TryParse(Hostname, out var address) && IPAddress.IsLoopback(address));

    /// <summary>Why the server must not start with these options, in words; null where it may.</summary>
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

    /// <summary>
    /// Whether a text is a name that a Host header can hold, or <c>*</c> for any name. Another text could never match a header.
    /// </summary>
    public static bool IsHost(string text) => text == "*" || Uri.CheckHostName(text) != UriHostNameType.Unknown;

    /// <summary>Returns these options, changed by the settings of the configuration.</summary>
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

    /// <summary>The version that <c>/global/health</c> returns.</summary>
    public required string Version { get; init; }
}
