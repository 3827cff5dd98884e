using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using Capstan.Engine;
using Capstan.Engine.Configuration;
using Capstan.Engine.Configuration.Settings;
using Capstan.Engine.Events;
using Capstan.Engine.Journal;
using Capstan.Engine.Retention;
using Capstan.Engine.Turns;
using Capstan.Logging;
using Capstan.Server;
using Capstan.Telemetry;
using Microsoft.Extensions.Logging;

namespace Capstan.Commands;

/// <summary><c>capstan serve</c>: the HTTP server.</summary>
internal static class ServeCommand
{
    private static readonly Option<int> Port = new("--port")
    {
        Description = "Port to listen on; 0 (the default) takes 4096 where it is free and any other where it is not.",
        HelpName = "number",
        CustomParser = ReadPort,
    };

    private static readonly Option<string> Hostname = new("--hostname")
    {
        Description = "Address to listen on. Anything but this machine's own needs OPENCODE_SERVER_PASSWORD.",
        DefaultValueFactory = _ => "127.0.0.1",
    };

    private static readonly Option<string[]> Cors = new("--cors")
    {
        HelpName = "origin",
        Validators = { CheckOrigins },
        Description = "An origin whose web pages may use the server, such as https://app.example.org; may be repeated.",
    };

    private static readonly Option<string[]> AllowHost = new("--allow-host")
    {
        HelpName = "name",
        Validators = { CheckHosts },
        Description = "A further name by which the server may be addressed, for proxies that pass their own; may be repeated.",
    };

    /// <summary>Makes the command with its options.</summary>
    public static Command Create()
    {
        var command = new Command(
            "serve",
            """
            Serve sessions over HTTP until interrupted. One server serves every directory: clients name theirs.

            It prints "opencode server listening on URL" when it can be used. Try it from another terminal:
              curl URL/global/health
              opencode run --attach URL "Hello"

            Configuration is OpenCode's: opencode.json in this directory and above, ~/.config/opencode, OPENCODE_CONFIG…
            A password in OPENCODE_SERVER_PASSWORD (user: OPENCODE_SERVER_USERNAME, default opencode) is asked for on every path.
            Data is kept in $XDG_DATA_HOME/capstan (default ~/.local/share/capstan), the log in log/capstan.log there;
            sessions also in PostgreSQL (--store, CAPSTAN_STORE).
            Metrics are at /metrics; OTEL_EXPORTER_OTLP_ENDPOINT sends traces and metrics to a collector.

            Exit codes: 0 stopped as it was told, 1 could not start (the reason is printed), 2 the command line is wrong.
            """)
        {
            Port,
            Hostname,
            Cors,
            AllowHost,
            StoreOption.Option,
        };
        foreach (var option in LogOptions.All)
            command.Options.Add(option);
        command.SetAction((arguments, _) => RunAsync(arguments));
        return command;
    }

    private static async Task<int> RunAsync(ParseResult arguments)
    {
        var environment = ProcessEnvironment.Take();
        using var signals = new StopSignals();
        ServerOptions? options = null;
        try
        {
            var paths = ConfigPaths.From(environment);
            var (settings, config) = ReadSettings(paths, environment);
            var file = LogOptions.FileOf(arguments, paths);
            await using var log = new LogWriter(file, static () => Console.Error, TimeProvider.System);
            var level = LogOptions.LevelOf(arguments, config);
            using var loggers = new LoggerFactory(
                [new ProgramLoggerProvider(level, LogOptions.FormatOf(arguments), log, TimeProvider.System)],
                new LoggerFilterOptions { MinLevel = level });
            var logger = loggers.CreateLogger("Capstan");
            options = Options(arguments, environment).With(settings.Server);
            using var collector = StartCollector(environment, logger);
            // The store is opened while the face gets ready: neither needs the other before the first request.
            var starting = Task.Run(() => CapstanEngine.StartAsync(
                new EngineOptions
                {
                    Paths = paths,
                    Environment = environment,
                    Version = ProgramVersion.Current,
                    OpenStore = StoreOption.Choose(arguments, environment, settings, paths, logger),
                    // These settings are for the recovery after a dead server, before any
                    // workspace is loaded. A workspace's turns use the workspace's own.
                    Turns = new TurnOptions().With(settings.Turns),
                    Contexts = new ContextOptions().With(settings.Contexts),
                    Retention = new RetentionOptions().With(settings.Retention),
                    Journal = new JournalOptions(
                        settings.Events.Retain ?? JournalOptions.Default.RetainedEvents,
                        settings.Events.RetainBytes ?? JournalOptions.Default.RetainedBytes),
                    Hub = new EventHubOptions(
                        settings.Events.MaxWaiting ?? EventHubOptions.Default.MaxEvents,
                        settings.Events.MaxWaitingBytes ?? EventHubOptions.Default.MaxBytes),
                },
                loggers,
                signals.Asked));
            var listening = CapstanServer.StartAsync(starting, options, loggers, signals.Asked);
            await using var engine = await starting;
            await using var server = await listening;
            // Both come before the line that says that the server listens: who reads that line may use the server, and a second
            // server can then read where this one listens.
            engine.Announce(server.Address);
            Announce(server.Address, environment, file);
            Log.Started(logger, ProgramVersion.Current, server.Address.GetLeftPart(UriPartial.Authority), $"{Environment.ProcessId}", paths.Data);
            await server.WaitForShutdownAsync(signals.Asked, signals.AtOnce);
            Log.Stopping(logger, options.Drain.TotalSeconds);
            await engine.DrainAsync(options.Drain, signals.AtOnce);
            Log.Stopped(logger);
            return ExitCode.Done;
        }
        catch (OperationCanceledException) when (signals.Asked.IsCancellationRequested)
        {
            // The program was told to stop before it had started.
            return ExitCode.Done;
        }
        catch (Exception exception) when (StartFailure.Describe(exception, options) is { } reason)
        {
            await Console.Error.WriteLineAsync($"capstan: {reason}");
            return ExitCode.CannotStart;
        }
    }

    private static Collector? StartCollector(ProcessEnvironment environment, ILogger logger)
    {
        if (CollectorSettings.Read(environment) is not { } settings)
            return null;
        if (settings.Problem is { } problem)
        {
            Log.NoCollector(logger, problem);
            return null;
        }

        return Collector.Start(settings);
    }

    private static int ReadPort(ArgumentResult argument)
    {
        var text = argument.Tokens[0].Value;
        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port <= 65535)
            return port;
        argument.AddError($"--port must be a number from 0 to 65535, and \"{text}\" is not.");
        return 0;
    }

    private static void CheckOrigins(OptionResult option)
    {
        // A text that is no origin would never be equal to one, so it would have no effect.
        foreach (var token in option.Tokens)
        {
            if (!Uri.TryCreate(token.Value, UriKind.Absolute, out var uri) || !string.Equals(uri.GetLeftPart(UriPartial.Authority), token.Value, StringComparison.OrdinalIgnoreCase))
                option.AddError($"--cors must be an origin such as https://app.example.org, without a path, and \"{token.Value}\" is not.");
        }
    }

    private static void CheckHosts(OptionResult option)
    {
        foreach (var token in option.Tokens)
        {
            if (!ServerOptions.IsHost(token.Value))
                option.AddError($"--allow-host must be a name such as agents.example.org, without scheme and port, and \"{token.Value}\" is not.");
        }
    }

    /// <summary>
    /// Reads what the configuration of this directory says about the server. Where it cannot be read, the server starts with
    /// defaults, and requests to that workspace are answered with the reason.
    /// </summary>
    private static (CapstanSettings Settings, WorkspaceConfig? Config) ReadSettings(ConfigPaths paths, ProcessEnvironment environment)
    {
        try
        {
            var directory = CurrentDirectory();
            var config = new ConfigLoader(paths, environment).Load(directory, directory);
            return (CapstanSettings.Read(config.Capstan, directory), config);
        }
        catch (ConfigException exception)
        {
            var stop = exception.Message is [.., '.' or '?' or '!'] ? "" : ".";
            Console.Error.WriteLine(
                $"capstan: {exception.Message}{stop} The server starts all the same, with the defaults of its own settings; "
                + "it refuses work in this directory until the file is mended.");
            return (new CapstanSettings(), null);
        }
    }

    private static string CurrentDirectory()
    {
        try
        {
            return System.Environment.CurrentDirectory;
        }
        catch (IOException)
        {
            throw new IOException("The directory that this was started in is gone. Change to one that is there, and start again.");
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

    private static void Announce(Uri address, ProcessEnvironment environment, LogFile? log)
    {
        var url = address.GetLeftPart(UriPartial.Authority);
        Console.WriteLine($"capstan {ProgramVersion.Current}");
        if (log is not null)
            Console.WriteLine($"log: {log.Path}");
        if (environment["OPENCODE_SERVER_PASSWORD"] is null)
            Console.WriteLine("warning: OPENCODE_SERVER_PASSWORD is not set: every program on this machine may use the server.");
        // SDKs that start a server look for a line that begins with exactly these words.
        Console.WriteLine($"opencode server listening on {url}");
    }
}
