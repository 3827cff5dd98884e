using System.Text;

namespace Capstan.Engine.Workspaces;

/// <summary>The result of a git command.</summary>
/// <param name="ExitCode">Git's exit code.</param>
/// <param name="Output">What git printed, up to the command's limit.</param>
/// <param name="Errors">The beginning of what git wrote to its standard error.</param>
/// <param name="IsCut">Whether git was killed because it printed as much as the limit.</param>
internal sealed record GitResult(int ExitCode, ReadOnlyMemory<byte> Output, string Errors, bool IsCut)
{
    /// <summary>Whether git succeeded and its output is complete.</summary>
    public bool IsSuccess => ExitCode == 0 && !IsCut;

    /// <summary>The output as text.</summary>
    public string Text => Encoding.UTF8.GetString(Output.Span);

    /// <summary>Returns the output of a command that must succeed.</summary>
    /// <exception cref="GitException">The command did not succeed.</exception>
    public string Require(string what) => IsSuccess
        ? Text
        : throw new GitException(IsCut ? $"git {what}: too much output" : $"git {what} ended with {ExitCode}: {Errors.Trim()}");
}
