using System.ComponentModel;
using System.Diagnostics;
using System.Text;
using Capstan.Engine.Configuration;

namespace Capstan.Engine.Workspaces;

/// <summary>
/// Runs git without questions to the user, without locks that only serve
/// speed, with bounded output, and without leaving a process behind.
/// </summary>
internal static class GitProcess
{
    private const int ErrorLimit = 4096;

    // This is ENOENT, and also the ERROR_FILE_NOT_FOUND of Windows.
    private const int NoSuchFile = 2;

    /// <summary>Runs a git command to its end.</summary>
    /// <exception cref="GitException">There is no git on this machine, or no such directory.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled, and git was killed.</exception>
    public static async Task<GitResult> RunAsync(GitCommand command, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        using var process = new Process { StartInfo = Describe(command) };
        try
        {
            process.Start();
        }
        catch (Win32Exception exception)
        {
            throw new GitException($"git cannot be started in {command.Directory}: {exception.Message}", exception)
            {
                IsMissing = exception.NativeErrorCode == NoSuchFile && Directory.Exists(command.Directory),
            };
        }

        try
        {
            var errors = ReadErrorsAsync(process, cancellationToken);
            var input = WriteInputAsync(process, command.Input, cancellationToken);
            var output = ReadOutputAsync(process, command.OutputLimit, cancellationToken);
            await Task.WhenAll(errors, input, output);
            await process.WaitForExitAsync(cancellationToken);
            var (bytes, isCut) = await output;
            return new GitResult(process.ExitCode, bytes, await errors, isCut);
        }
        finally
        {
            if (!process.HasExited)
            {
                process.Kill(entireProcessTree: true);
                // The caller may remove git's locks, so the process must be gone before this returns.
                await process.WaitForExitAsync(CancellationToken.None);
            }
        }
    }

    private static ProcessStartInfo Describe(GitCommand command)
    {
        var start = new ProcessStartInfo("git", command.Arguments)
        {
            WorkingDirectory = command.Directory,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        // GIT_ variables that a hook set would name another repository, and those for tracing
        // would mix with the output. Git also runs the repository's filters and hooks; these
        // belong to the project, so they get no more variables than commands of tool calls do.
        foreach (var name in start.Environment.Keys.Where(static name => name.StartsWith("GIT_", StringComparison.Ordinal) || !CommandEnvironment.IsListed(name)).ToList())
            start.Environment.Remove(name);
        start.Environment["GIT_OPTIONAL_LOCKS"] = "0";
        start.Environment["GIT_TERMINAL_PROMPT"] = "0";
        start.Environment["LC_ALL"] = "C";
        foreach (var (name, value) in command.Variables)
            start.Environment[name] = value;
        return start;
    }

    private static async Task<(ReadOnlyMemory<byte> Bytes, bool IsCut)> ReadOutputAsync(
        Process process, int limit, CancellationToken cancellationToken)
    {
        var stream = process.StandardOutput.BaseStream;
        var bytes = new byte[Math.Min(limit, 8192)];
        var length = 0;
        while (true)
        {
            if (length == bytes.Length)
            {
                if (length == limit)
                {
                    process.Kill(entireProcessTree: true);
                    return (bytes, true);
                }

                Array.Resize(ref bytes, (int)Math.Min(limit, bytes.Length * 2L));
            }

            var read = await stream.ReadAsync(bytes.AsMemory(length), cancellationToken);
            if (read == 0)
                return (bytes.AsMemory(0, length), false);
            length += read;
        }
    }

    private static async Task<string> ReadErrorsAsync(Process process, CancellationToken cancellationToken)
    {
        var stream = process.StandardError.BaseStream;
        var bytes = new byte[ErrorLimit];
        var rest = Memory<byte>.Empty;
        var length = 0;
        while (true)
        {
            // Output beyond the limit is read and dropped, because git would block on a full pipe.
            var target = length < bytes.Length ? bytes.AsMemory(length) : rest.IsEmpty ? rest = new byte[ErrorLimit] : rest;
            var read = await stream.ReadAsync(target, cancellationToken);
            if (read == 0)
                return Encoding.UTF8.GetString(bytes.AsSpan(0, length));
            if (length < bytes.Length)
                length += read;
        }
    }

    private static async Task WriteInputAsync(Process process, ReadOnlyMemory<byte> input, CancellationToken cancellationToken)
    {
        try
        {
            var stream = process.StandardInput.BaseStream;
            await stream.WriteAsync(input, cancellationToken);
            await stream.FlushAsync(cancellationToken);
            process.StandardInput.Close();
        }
        catch (IOException)
        {
            // Git ended without reading all of its input; its exit code tells the reason.
        }
    }
}
