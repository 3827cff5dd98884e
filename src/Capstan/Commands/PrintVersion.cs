using System.CommandLine;
using System.CommandLine.Invocation;

namespace Capstan.Commands;

/// <summary>Prints the version (<c>--version</c>).</summary>
internal sealed class PrintVersion : SynchronousCommandLineAction
{
    /// <inheritdoc/>
    public override int Invoke(ParseResult parseResult)
    {
        Console.WriteLine(ProgramVersion.Current);
        return 0;
    }
}
