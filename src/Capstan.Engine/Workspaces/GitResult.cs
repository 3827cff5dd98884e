using System.Text;

namespace Capstan.Engine.Workspaces;

/// <summary>What a git command came to.</summary>
/// <param name="ExitCode">How it ended.</param>
/// <param name="Output">What it printed, at most as much as it was allowed.</param>
/// <param name="Errors">The beginning of its complaints.</param>
/// <param name="IsCut">Whether it was stopped because it printed more than it was allowed.</param>
internal sealed record GitResult(int ExitCode, ReadOnlyMemory<byte> Output, string Errors, bool IsCut)
{
    /// <summary>Whether it did all that it was asked for.</summary>
    public bool IsSuccess => ExitCode == 0 && !IsCut;

    /// <summary>The output as text.</summary>
    public string Text => Encoding.UTF8.GetString(Output.Span);

    /// <summary>The output of a command that must succeed.</summary>
    /// <exception cref="GitException">It did not.</exception>
    public string Require(string what) => IsSuccess
        ? Text
        : throw new GitException(IsCut ? $"git {what}: too much output" : $"git {what} ended with {ExitCode}: {Errors.Trim()}");
}
