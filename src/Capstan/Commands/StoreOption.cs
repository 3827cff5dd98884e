using System.CommandLine;
using System.CommandLine.Parsing;
using Capstan.Engine.Configuration;
using Capstan.Engine.Configuration.Settings;
using Capstan.Engine.Storage;
using Capstan.Engine.Storage.Postgres;
using Capstan.Engine.Storage.Sqlite;
using Microsoft.Extensions.Logging;

namespace Capstan.Commands;

/// <summary>Where sessions are kept: the option, the variable and the setting that say so.</summary>
internal static class StoreOption
{
    private const string Variable = "CAPSTAN_STORE";
    private const string Embedded = "sqlite";

    /// <summary>The option <c>--store</c>.</summary>
    public static Option<string> Option { get; } = new("--store")
    {
        HelpName = "url",
        Validators = { Check },
        Description =
            $"Where sessions are kept: {Embedded} (the default, a file in the data directory) or postgres://user@host/database. "
            + $"A password is better given in {Variable}, which says the same and which other users of the machine cannot see.",
    };

    /// <summary>What opens the store that was chosen: by the option, or the variable, or <c>capstan.store</c>.</summary>
    /// <exception cref="InvalidOperationException">The variable or the setting names no store.</exception>
    public static Func<IStore> Choose(
        ParseResult arguments, ProcessEnvironment environment, CapstanSettings settings, ConfigPaths paths, ILogger logger)
    {
        var (place, text) = arguments.GetValue(Option) is { } option ? (Option.Name, option)
            : environment[Variable] is { Length: > 0 } variable ? (Variable, variable)
            : ("capstan.store", settings.Store ?? Embedded);
        if (Problem(place, text) is { } problem)
            throw new InvalidOperationException(problem);
        if (text == Embedded)
            return () => SqliteStore.Open(paths.Data);
        var options = new PostgresOptions(PostgresAddress.Parse(text))
        {
            Logger = logger,
            Patience = TimeSpan.FromMilliseconds((settings.Postgres.Patience ?? PostgresSettings.Default.Patience)!.Value),
        };
        if (settings.Postgres.Lanes is { } lanes)
            options = options with { Lanes = lanes };
        return () => PostgresStore.Open(options);
    }

    private static void Check(OptionResult result)
    {
        foreach (var token in result.Tokens)
        {
            if (Problem(result.Option.Name, token.Value) is { } problem)
                result.AddError(problem);
        }
    }

    private static string? Problem(string place, string text)
    {
        if (text == Embedded)
            return null;
        // The text itself is not repeated: it may hold a password.
        if (!PostgresAddress.IsAddress(text))
            return $"{place} must be {Embedded} or an address such as postgres://user@host/database.";
        try
        {
            PostgresAddress.Parse(text);
            return null;
        }
        catch (FormatException exception)
        {
            return $"{place}: {exception.Message}";
        }
    }
}
