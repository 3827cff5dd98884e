using System.Diagnostics;

namespace Capstan.Testing.Servers;

/// <summary>A run of the built program that has ended.</summary>
/// <param name="ExitCode">Its exit code.</param>
/// <param name="Output">What it printed.</param>
/// <param name="Errors">What it printed on standard error.</param>
public sealed record ProgramRun(int ExitCode, string Output, string Errors)
{
    private static readonly TimeSpan SafetyNet = TimeSpan.FromSeconds(60);

    /// <summary>Runs the program to its end.</summary>
    /// <param name="directory">Where.</param>
    /// <param name="arguments">The command line.</param>
    /// <param name="variables">All of its environment.</param>
    /// <param name="before">What a shell does first, in the directory.</param>
    /// <param name="cancellationToken">Gives up, and ends it.</param>
    public static async Task<ProgramRun> ToEndAsync(
        string directory,
        IReadOnlyList<string> arguments,
        IReadOnlyDictionary<string, string> variables,
        string? before = null,
        CancellationToken cancellationToken = default)
    {
        using var process = Process.Start(BuiltProgram.Describe(directory, arguments, variables, before))!;
        try
        {
            var output = process.StandardOutput.ReadToEndAsync(cancellationToken);
            var errors = process.StandardError.ReadToEndAsync(cancellationToken);
            await process.WaitForExitAsync(cancellationToken).WaitAsync(SafetyNet, cancellationToken);
            return new ProgramRun(process.ExitCode, await output, await errors);
        }
        finally
        {
            if (!process.HasExited)
                process.Kill();
        }
    }
}
