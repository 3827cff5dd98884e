using System.Diagnostics;

namespace Capstan.Bench;

/// <summary>Builds the Capstan that is measured: self-contained, trimmed and compiled ahead (ReadyToRun), as it is shipped.</summary>
internal static class Publisher
{
    /// <summary>Runs <c>dotnet publish</c>; its output goes to standard error.</summary>
    public static async Task PublishAsync(string directory, CancellationToken cancellation)
    {
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true };
        foreach (var argument in (string[])["publish", "src/Capstan", "-c", "Release", "-r", "linux-x64",
            "-o", directory, "--disable-build-servers"])
            start.ArgumentList.Add(argument);
        using var process = Process.Start(start) ?? throw new InvalidOperationException("dotnet did not start.");
        while (await process.StandardOutput.ReadLineAsync(cancellation) is { } line)
            await Console.Error.WriteLineAsync(line);
        await process.WaitForExitAsync(cancellation);
        if (process.ExitCode != 0)
            throw new InvalidOperationException($"dotnet publish ended with {process.ExitCode}.");
    }
}
