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
// The server ends by itself once its turns have been given their time; to be ended sooner, it is killed, and loses nothing.
var parsed = root.Parse(args);
if (parsed.Action is ParseErrorAction)
    return UsageError.Print(parsed);
return await parsed.InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = TimeSpan.FromDays(1) });
