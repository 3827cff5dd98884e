using System.Globalization;
using Capstan.Engine.Tools.Bash;
using Xunit;

namespace Capstan.Engine.Tests.Tools.Bash;

/// <summary>
/// Rules for commands are of use only where commands are understood. The lines are written after the shapes, and about as often as
/// they occur, in public transcripts of coding agents; none was left out because the grammar does not know it.
/// </summary>
public sealed class AgentCommandTests(ITestOutputHelper output)
{
    private const double Wanted = 0.97;

    [Fact]
    public void Of_the_lines_that_agents_write_97_in_100_are_understood()
    {
        var commands = CommandCorpus.AgentCommands;
        Assert.True(commands.Count >= 500, $"{commands.Count} lines");
        Assert.Equal(commands.Count, commands.Distinct(StringComparer.Ordinal).Count());
        var open = commands.Select(static command => (command, script: ShellScript.Read(command)))
            .Where(static one => !one.script.IsUnderstood)
            .Select(static one => $"{one.script.Reason}: {CommandCorpus.Encode(one.command)}").ToList();
        var share = 1 - ((double)open.Count / commands.Count);
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{share:P1} of {commands.Count} understood; not understood:"));
        open.ForEach(output.WriteLine);
        Assert.True(share >= Wanted, $"{share:P1} understood; not understood:\n{string.Join('\n', open)}");
    }
}
