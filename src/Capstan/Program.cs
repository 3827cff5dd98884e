using System.CommandLine;
using System.CommandLine.Invocation;
using Capstan.Commands;

var root = new RootCommand(
    "Capstan runs coding agents behind OpenCode's HTTP and event API: sessions, prompts, permissions and events, kept in a store that loses nothing.")
{
    ServeCommand.Create(),
};
// The built-in action would print the version with the commit; everywhere else the version is shown without it.
root.Options.OfType<VersionOption>().Single().Action = new PrintVersion();
var parsed = root.Parse(args);
if (parsed.Action is ParseErrorAction)
    return UsageError.Print(parsed);
// The library does not handle signals here: commands that have something to end listen for signals themselves (StopSignals).
return await parsed.InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = null });
