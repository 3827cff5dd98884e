using System.CommandLine;
using Capstan.Engine;
using Capstan.Engine.Configuration;
using Capstan.Engine.Configuration.Settings;
using Capstan.Engine.Sessions;
using Capstan.Engine.Storage;
using Capstan.Logging;
using Capstan.Server;
using Microsoft.Extensions.Logging;

namespace Capstan.Commands;

/// <summary><c>capstan serve</c>: the HTTP server.</summary>
internal static class ServeCommand
{
    private static readonly Option<int> Port = new("--port")
    {
        Description = "Port to listen on; 0 takes 4096 where it is free and any other where it is not.",
    };

    private static readonly Option<string> Hostname = new("--hostname")
    {
        Description = "Address to listen on. Anything but this machine's own needs OPENCODE_SERVER_PASSWORD.",
        DefaultValueFactory = _ => "127.0.0.1",
    };

    private static readonly Option<string[]> Cors = new("--cors")
    {
        Description = "An origin whose web pages may use the server, such as https://app.example.org; may be repeated.",
    };

    private static readonly Option<string[]> AllowHost = new("--allow-host")
    {
        Description = "A further name by which the server may be addressed, for proxies that pass their own; may be repeated.",
    };

    private static readonly Option<LogLevel> Level = new("--log-level")
    {
        Description = "What is logged to standard error: Trace, Debug, Information, Warning, Error or None.",
        DefaultValueFactory = _ => LogLevel.Warning,
    };

    /// <summary>The command.</summary>
    public static Command Create()
    {
        var command = new Command(
            "serve",
            """
            Serve sessions over HTTP until interrupted.

            Configuration is OpenCode's: opencode.json in this directory and above, ~/.config/opencode, OPENCODE_CONFIG…
            A password in OPENCODE_SERVER_PASSWORD (user: OPENCODE_SERVER_USERNAME, default opencode) is asked for on every path.
            Data is kept in $XDG_DATA_HOME/capstan (default ~/.local/share/capstan).
            """)
        {
            Port,
            Hostname,
            Cors,
            AllowHost,
            Level,
        };
        command.SetAction(RunAsync);
        return command;
    }

    private static async Task<int> RunAsync(ParseResult arguments, CancellationToken cancellationToken)
    {
        using var loggers = new LoggerFactory(
            [new ErrorStreamLoggerProvider(arguments.GetValue(Level), TimeProvider.System)],
            new LoggerFilterOptions { MinLevel = arguments.GetValue(Level) });
        var environment = ProcessEnvironment.Current();
        try
        {
            var paths = ConfigPaths.From(environment);
            var settings = ReadSettings(paths, environment);
            var options = Options(arguments, environment).With(settings.Server);
            await using var engine = await CapstanEngine.StartAsync(
                new EngineOptions
                {
                    Paths = paths,
                    Environment = environment,
                    Version = ProgramVersion.Current,
                    // Workspaces set their own for their turns; what is left of a dead server is put in order before any is loaded.
                    Turns = settings.Turns.Apply(new TurnOptions()),
                    Journal = new JournalOptions(settings.Events.Retain ?? JournalOptions.Default.RetainedEvents),
                    Hub = new EventHubOptions(
                        settings.Events.MaxWaiting ?? EventHubOptions.Default.MaxEvents,
                        settings.Events.MaxWaitingBytes ?? EventHubOptions.Default.MaxBytes),
                },
                loggers,
                cancellationToken);
            await using var server = await CapstanServer.StartAsync(engine, options, loggers, cancellationToken);
            Announce(server.Address, environment);
            await server.WaitForShutdownAsync(cancellationToken);
            await engine.DrainAsync(options.Drain);
            return 0;
        }
        catch (Exception exception) when (exception is StoreInUseException or IOException or InvalidOperationException)
        {
            await Console.Error.WriteLineAsync($"capstan: {exception.Message}");
            return 1;
        }
    }

    /// <summary>
    /// What the configuration of this directory says of the server. Where it cannot be read the server starts all the same: the
    /// workspace then answers with the reason.
    /// </summary>
    private static CapstanSettings ReadSettings(ConfigPaths paths, ProcessEnvironment environment)
    {
        try
        {
            var directory = System.Environment.CurrentDirectory;
            return CapstanSettings.Read(new ConfigLoader(paths, environment).Load(directory, directory).Capstan, directory);
        }
        catch (ConfigException exception)
        {
            Console.Error.WriteLine($"capstan: {exception.Message} The server's own settings stay at their defaults.");
            return new CapstanSettings();
        }
    }

    private static ServerOptions Options(ParseResult arguments, ProcessEnvironment environment) => new()
    {
        Hostname = arguments.GetValue(Hostname)!,
        Port = arguments.GetValue(Port),
        AllowedOrigins = arguments.GetValue(Cors) ?? [],
        AllowedHosts = arguments.GetValue(AllowHost) ?? [],
        Username = environment["OPENCODE_SERVER_USERNAME"] ?? "opencode",
        Password = environment["OPENCODE_SERVER_PASSWORD"],
        Version = ProgramVersion.Current,
    };

    private static void Announce(Uri address, ProcessEnvironment environment)
    {
        var url = address.GetLeftPart(UriPartial.Authority);
        Console.WriteLine($"capstan {ProgramVersion.Current}");
        if (environment["OPENCODE_SERVER_PASSWORD"] is null)
            Console.WriteLine("warning: OPENCODE_SERVER_PASSWORD is not set: every program on this machine may use the server.");
        // SDKs that start a server wait for a line that begins with just these words.
        Console.WriteLine($"opencode server listening on {url}");
    }
}
