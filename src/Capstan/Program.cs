using System.CommandLine;
using System.CommandLine.Invocation;
using Capstan.Commands;

var root = new RootCommand(
    "Capstan runs coding agents behind OpenCode's HTTP and event API: sessions, prompts, permissions and events, kept in a store that loses nothing.")
{
    ServeCommand.Create(),
};
// The version as everywhere else, without the commit.
root.Options.OfType<VersionOption>().Single().Action = new PrintVersion();
var parsed = root.Parse(args);
if (parsed.Action is ParseErrorAction)
    return UsageError.Print(parsed);
// Commands that have something to end listen for signals themselves (StopSignals).
return await parsed.InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = null });
