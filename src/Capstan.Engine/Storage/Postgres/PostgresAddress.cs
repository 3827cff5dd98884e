using System.Globalization;
using System.Text;
using Npgsql;

namespace Capstan.Engine.Storage.Postgres;

/// <summary>
/// Where a PostgreSQL database is and as whom to connect, as the URL that PostgreSQL's own programs take:
/// <c>postgres://user:password@host:port/database?sslmode=require</c>. Each part may be percent-encoded; <c>host=</c> among the
/// parameters names another host or the directory of a Unix socket.
/// </summary>
public sealed class PostgresAddress
{
    private const int DefaultPort = 5432;
    private static readonly string[] Schemes = ["postgres://", "postgresql://"];

    private readonly NpgsqlConnectionStringBuilder _settings;

    private PostgresAddress(NpgsqlConnectionStringBuilder settings) => _settings = settings;

    /// <summary>The host, or the directory of the Unix socket.</summary>
    public string Host => _settings.Host!;

    /// <summary>The port; 5432 where the URL names none.</summary>
    public int Port => _settings.Port;

    /// <summary>The database.</summary>
    public string Database => _settings.Database!;

    /// <summary>The user.</summary>
    public string User => _settings.Username!;

    /// <summary>Whether the host is the directory of a Unix socket.</summary>
    internal bool IsLocal => Host.StartsWith('/');

    /// <summary>Whether a text begins as such a URL does.</summary>
    public static bool IsAddress(string text) => Array.Exists(Schemes, scheme => text.StartsWith(scheme, StringComparison.OrdinalIgnoreCase));

    /// <summary>Reads a URL.</summary>
    /// <exception cref="FormatException">The text is no such URL; the message says why, without the password.</exception>
    public static PostgresAddress Parse(string url)
    {
        var scheme = Array.Find(Schemes, scheme => url.StartsWith(scheme, StringComparison.OrdinalIgnoreCase))
            ?? throw new FormatException("The address of a PostgreSQL database begins with postgres:// or postgresql://.");
        var (before, query) = Split(url[scheme.Length..], '?');
        var (authority, path) = Split(before, '/');
        // The last @ ends the user and the password: a password that was not encoded may hold one.
        var at = authority.LastIndexOf('@');
        var (user, password) = Split(at < 0 ? "" : authority[..at], ':');
        var settings = new NpgsqlConnectionStringBuilder { Port = DefaultPort };
        var (host, port) = SplitHost(authority[(at + 1)..]);
        if (host.Length > 0)
            settings.Host = Decode(host);
        if (port.Length > 0)
            settings.Port = ReadPort(port);
        if (user.Length > 0)
            settings.Username = Decode(user);
        if (password.Length > 0)
            settings.Password = Decode(password);
        if (path.Length > 0)
            settings.Database = Decode(path);
        foreach (var parameter in query.Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            var (name, value) = Split(parameter, '=');
            Set(settings, Decode(name), Decode(value));
        }

        if (string.IsNullOrEmpty(settings.Host))
            settings.Host = "localhost";
        if (string.IsNullOrEmpty(settings.Username))
            settings.Username = Environment.UserName;
        if (string.IsNullOrEmpty(settings.Database))
            settings.Database = settings.Username;
        return new PostgresAddress(settings);
    }

    /// <summary>The address as a URL without the password, for messages.</summary>
    public override string ToString()
    {
        var port = Port == DefaultPort ? "" : string.Create(CultureInfo.InvariantCulture, $":{Port}");
        var user = Uri.EscapeDataString(User);
        var database = Uri.EscapeDataString(Database);
        if (IsLocal)
            return $"postgres://{user}@/{database}?host={Host}" + (port.Length == 0 ? "" : $"&port={port[1..]}");
        return $"postgres://{user}@{(Host.Contains(':') ? $"[{Host}]" : Host)}{port}/{database}";
    }

    /// <summary>What Npgsql takes, the password included: a copy, which the caller may change.</summary>
    internal NpgsqlConnectionStringBuilder ToConnectionString() => new(_settings.ConnectionString);

    private static void Set(NpgsqlConnectionStringBuilder settings, string name, string value)
    {
        switch (name)
        {
            case "host":
                settings.Host = value;
                break;
            case "port":
                settings.Port = ReadPort(value);
                break;
            case "user":
                settings.Username = value;
                break;
            case "password":
                settings.Password = value;
                break;
            case "dbname":
                settings.Database = value;
                break;
            case "sslmode":
                settings.SslMode = value switch
                {
                    "disable" => SslMode.Disable,
                    "allow" => SslMode.Allow,
                    "prefer" => SslMode.Prefer,
                    "require" => SslMode.Require,
                    "verify-ca" => SslMode.VerifyCA,
                    "verify-full" => SslMode.VerifyFull,
                    _ => throw new FormatException(
                        $"sslmode={value} is none of disable, allow, prefer, require, verify-ca and verify-full."),
                };
                break;
            case "sslrootcert":
                settings.RootCertificate = value;
                break;
            case "sslcert":
                settings.SslCertificate = value;
                break;
            case "sslkey":
                settings.SslKey = value;
                break;
            case "application_name":
                settings.ApplicationName = value;
                break;
            default:
                throw new FormatException(
                    $"The address of the database has a parameter that Capstan does not know: {name}. It knows host, port, user, password, "
                    + "dbname, sslmode, sslrootcert, sslcert, sslkey and application_name.");
        }
    }

    private static int ReadPort(string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port is > 0 and < 65536
            ? port
            : throw new FormatException($"The address of the database has no port in it: {text}");

    private static (string Host, string Port) SplitHost(string text)
    {
        if (text.Contains(','))
            throw new FormatException("The address of the database names several hosts; Capstan connects to one.");
        if (!text.StartsWith('['))
            return Split(text, ':');
        var end = text.IndexOf(']');
        if (end < 0)
            throw new FormatException("The address of the database has a [ without a ].");
        return (text[1..end], text[(end + 1)..].TrimStart(':'));
    }

    private static (string Before, string After) Split(string text, char separator)
    {
        var at = text.IndexOf(separator);
        return at < 0 ? (text, "") : (text[..at], text[(at + 1)..]);
    }

    private static string Decode(string text)
    {
        try
        {
            return Uri.UnescapeDataString(text);
        }
        catch (Exception exception) when (exception is ArgumentException or DecoderFallbackException)
        {
            throw new FormatException("The address of the database is not percent-encoded UTF-8.");
        }
    }
}
