using System.CommandLine;
using System.CommandLine.Parsing;
using Capstan.Engine.Names;

namespace Capstan.Commands;

/// <summary>Says what is wrong with a command line that cannot be understood, and what was probably meant.</summary>
internal static class UsageError
{
    // OpenCode's commands that people will try here, each with the command that does the same.
    private static readonly Dictionary<string, string> OpenCodeCommands = new(StringComparer.Ordinal)
    {
        ["run"] = "opencode run --attach URL",
        ["attach"] = "opencode run --attach URL (the terminal UI does not work with this version yet)",
        ["web"] = "capstan serve",
        ["help"] = "capstan --help",
        ["version"] = "capstan --version",
    };

    /// <summary>Prints the error on standard error.</summary>
    /// <returns>The exit code.</returns>
    public static int Print(ParseResult result)
    {
        Console.Error.WriteLine($"capstan: {Describe(result)}");
        Console.Error.WriteLine($"Run \"{Path(result.CommandResult)} --help\" to see what there is.");
        return ExitCode.Usage;
    }

    private static string Describe(ParseResult result)
    {
        var command = result.CommandResult.Command;
        // Errors of values name their option themselves; an unmatched token is a name that no option or command has.
        if (result.UnmatchedTokens is not [var unknown, ..])
            return IsCommandMissing(result) ? "A command is missing, such as \"capstan serve\"." : Describe(result.Errors[0]);
        if (unknown.StartsWith('-'))
        {
            var option = unknown.Split('=')[0];
            var known = command.Options.Concat(Above(result.CommandResult)).Select(static known => known.Name).ToList();
            // The option exists, but belongs after the command and stands before it.
            if (known.Contains(option))
                return $"\"{option}\" must come after \"{command.Name}\".";
            return $"There is no option \"{option}\".{Hint(option, known)}";
        }

        if (command.Subcommands.Count == 0)
            return $"\"{unknown}\" is one word too many: {Path(result.CommandResult)} takes options only.";
        return OpenCodeCommands.TryGetValue(unknown, out var instead)
            ? $"There is no command \"{unknown}\" here. Use: {instead}"
            : $"There is no command \"{unknown}\".{Hint(unknown, command.Subcommands.Select(static known => known.Name))}";
    }

    /// <summary>
    /// Says what is wrong with the value of an option. Capstan's own parsers of values give the message themselves.
    /// </summary>
    private static string Describe(ParseError error)
    {
        var at = error.SymbolResult;
        while (at is not (null or OptionResult))
            at = at.Parent;
        return at switch
        {
            OptionResult { Tokens.Count: 0 } option => $"{option.Option.Name} is given without its value.",
            OptionResult { IdentifierTokenCount: > 1, Option.Arity.MaximumNumberOfValues: 1 } option => $"{option.Option.Name} is given more than once.",
            _ => error.Message,
        };
    }

    private static bool IsCommandMissing(ParseResult result) =>
        result.CommandResult.Command is { Subcommands.Count: > 0, Action: null } && result.Errors.Count == 1 && result.CommandResult.Tokens.Count == 0;

    private static string Hint(string unknown, IEnumerable<string> known) =>
        NearestName.Find(unknown, known) is { } nearest ? $" Did you mean \"{nearest}\"?" : "";

    private static IEnumerable<Option> Above(CommandResult command) =>
        command.Parent is CommandResult parent ? parent.Command.Options.Where(static option => option.Recursive).Concat(Above(parent)) : [];

    private static string Path(CommandResult command) =>
        command.Parent is CommandResult parent ? $"{Path(parent)} {command.Command.Name}" : "capstan";
}
