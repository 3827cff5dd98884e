using System.Buffers;
using System.ComponentModel;
using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Capstan.Engine.Configuration;

namespace Capstan.Engine.Tools.Bash;

/// <summary>
/// Runs a command line.
/// <code>
///   asked ──► running ──► leader ended ──────────────► group ended ──► result
///                │  timeout or abort                       ▲
///                └──► told to end (SIGTERM) ── grace ──► SIGKILL
/// </code>
/// However the command ends, no process is left when the call returns. An abort gives a result and no exception, because the
/// output that was printed until then is worth keeping.
/// </summary>
internal sealed class BashTool(TimeProvider time, string? shell = null, TimeSpan? grace = null) : ITool
{
    /// <summary>How long a command may take to end after SIGTERM.</summary>
    public static readonly TimeSpan DefaultGrace = TimeSpan.FromSeconds(3);

    private const int DefaultTimeout = 120_000;

    private static readonly TimeSpan ReportInterval = TimeSpan.FromMilliseconds(50);

    // The longest time that a timer takes; a longer timeout is cut to it.
    private static readonly TimeSpan LongestTimeout = TimeSpan.FromMilliseconds(uint.MaxValue - 1);

    private readonly string _shell = shell ?? DefaultShell();
    private readonly TimeSpan _grace = grace ?? DefaultGrace;

    public ToolDefinition Definition { get; } = new(
        "bash",
        """
        Runs a command line in a shell and returns what it prints, standard output and standard error together.

        - Each call starts a new shell in the session's directory; nothing of an earlier call's variables or directory is left. Use `workdir` to run elsewhere rather than `cd`.
        - The command gets no input. Do not start editors, pagers or anything that asks questions.
        - `timeout` is in milliseconds, 120000 if not given. A command that takes longer is stopped, and so is everything that it started. Nothing keeps running after the call: servers in the background are stopped with it.
        - Up to 2000 lines or 51200 bytes of the end are returned. Of longer output the whole is saved to a file that the result names; read or search that file instead of running the command again.
        - To find, read, or change files use the glob, grep, read, edit and write tools, which are faster and safer.
        - Write plain command lines. A line that permissions cannot read (eval, source, `$'…'`, code piped into a shell or an interpreter, a program named by a variable, …) is asked for as a whole, or refused.
        - Quote paths that hold spaces. Join commands that depend on each other with `&&`; make separate calls in one message for those that do not.
        """,
        ToolSchema.Parse("""
        {
          "$schema": "https://json-schema.org/draft/2020-12/schema",
          "type": "object",
          "properties": {
            "command": { "type": "string", "description": "The command line." },
            "timeout": {
              "minimum": -9007199254740991, "exclusiveMinimum": 0, "type": "integer", "maximum": 9007199254740991,
              "description": "Milliseconds after which the command is stopped; 120000 if not given."
            },
            "workdir": { "type": "string", "description": "The directory to run in, if not the session's." }
          },
          "required": ["command"]
        }
        """),
        HasSideEffects: true);

    public async Task<ToolResult> ExecuteAsync(JsonElement input, ToolContext context, CancellationToken cancellationToken)
    {
        var command = input.Text("command");
        if (command.Contains('\0', StringComparison.Ordinal))
        {
            throw new ToolException("A command cannot hold a NUL character");
        }

        var directory = input.OptionalText("workdir") is { } given ? ToolPath.From(given, context).Resolved : context.Directory;
        if (!Directory.Exists(directory))
        {
            throw new ToolException($"The directory to run in does not exist: {directory}");
        }

        foreach (var ask in BashPermissions.Asks(command, directory, context.Directory, context.Worktree, context.Shell ?? _shell))
            await context.AskAsync(ask, cancellationToken);
        await context.BeginEffectAsync(cancellationToken);
        await context.ReportAsync(null, new JsonObject { ["output"] = "" }, cancellationToken);

        var timeout = input.OptionalInteger("timeout") ?? DefaultTimeout;
        await using var output = new BashOutput(context);
        var (exit, note) = await RunAsync(command, directory, timeout, output, context, cancellationToken);

        await output.DisposeAsync();
        var text = output.IsEmpty ? "(no output)" : output.Result();
        if (note is not null)
        {
            text += $"\n\n<shell_metadata>\n{note}\n</shell_metadata>";
        }

        var metadata = new JsonObject
        {
            ["output"] = output.IsEmpty ? text : output.Preview(),
            ["exit"] = exit,
            ["truncated"] = output.OutputPath is not null,
        };
        if (output.OutputPath is not null)
        {
            metadata["outputPath"] = output.OutputPath;
        }

        return new ToolResult(command, text, metadata);
    }

    private async Task<(int? Exit, string? Note)> RunAsync(
        string command, string directory, long timeout, BashOutput output, ToolContext context, CancellationToken cancellationToken)
    {
        if (cancellationToken.IsCancellationRequested)
        {
            return (null, Aborted);
        }

        using var group = Start(command, directory, context);
        using var reading = new CancellationTokenSource();
        // Not disposed, because a reader that was given up may still use this semaphore.
        var shown = new SemaphoreSlim(0, 1);
        using var finished = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var reader = ReadAsync(group.Output, output, shown, reading.Token);
        var reporter = ReportAsync(output, shown, context, finished.Token);
        int? exit = null;
        string? note = null;

        // 1. Wait for the end of the shell, the timeout or the abort.
        var limit = TimeSpan.FromMilliseconds(Math.Min(timeout, LongestTimeout.TotalMilliseconds));
        using (var expiry = new CancellationTokenSource(limit, time))
        using (var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, expiry.Token))
        {
            try
            {
                await group.WaitForLeaderAsync(stop.Token);
                exit = group.ExitCode;
            }
            catch (OperationCanceledException)
            {
                note = cancellationToken.IsCancellationRequested ? Aborted : TimedOut(timeout);
                await EndPolitelyAsync(group);
            }
        }

        // 2. End what the shell left behind. Before that the pipe does not end, and the output is not complete.
        group.End();
        await group.WaitForLeaderAsync(CancellationToken.None);
        await EndReadingAsync(reader, reading, output);

        // 3. The last report shows all of the output, so that clients that only watch reports miss nothing.
        await finished.CancelAsync();
        var pending = await reporter;
        if (pending && !cancellationToken.IsCancellationRequested)
        {
            var (text, added) = output.Report();
            await context.ShowOutputAsync(text, added, CancellationToken.None);
        }

        return (exit, note);
    }

    private ProcessGroup Start(string command, string directory, ToolContext context)
    {
        try
        {
            return ProcessGroup.Start(
                context.Shell ?? _shell,
                command,
                directory,
                context.ProcessMark,
                (context.Commands ?? CommandEnvironment.Of(ProcessEnvironment.Current())).Passed);
        }
        catch (Win32Exception error)
        {
            throw new ToolException($"The shell {context.Shell ?? _shell} could not be started: {error.Message}", error);
        }
    }

    private async Task EndPolitelyAsync(ProcessGroup group)
    {
        group.RequestEnd();
        using var patience = new CancellationTokenSource(_grace, time);
        try
        {
            await group.WaitForLeaderAsync(patience.Token);
        }
        catch (OperationCanceledException)
        {
            // The command ignored SIGTERM; the SIGKILL that follows cannot be ignored.
        }
    }

    // All known processes are dead by now. A process that escaped from both the group
    // and the mark can still hold the pipe, so reading ends after the grace.
    private async Task EndReadingAsync(Task reader, CancellationTokenSource reading, BashOutput output)
    {
        try
        {
            await reader.WaitAsync(_grace, time);
        }
        catch (TimeoutException)
        {
            output.Interrupt();
            await reading.CancelAsync();
        }
    }

    private static async Task ReadAsync(Stream source, BashOutput output, SemaphoreSlim shown, CancellationToken cancellationToken)
    {
        var bytes = ArrayPool<byte>.Shared.Rent(16 * 1024);
        var characters = ArrayPool<char>.Shared.Rent(16 * 1024 + 4);
        var decoder = Encoding.UTF8.GetDecoder();
        try
        {
            while (true)
            {
                var read = await source.ReadAsync(bytes.AsMemory(0, 16 * 1024), cancellationToken);
                var decoded = decoder.GetChars(bytes.AsSpan(0, read), characters, flush: read == 0);
                if (decoded > 0)
                {
                    await output.AppendAsync(characters.AsMemory(0, decoded));
                    if (shown.CurrentCount == 0)
                        shown.Release();
                }

                if (read == 0)
                    break;
            }
        }
        catch (Exception error) when (error is OperationCanceledException or IOException)
        {
            // Reading was cancelled, or the pipe broke.
        }

        ArrayPool<byte>.Shared.Return(bytes);
        ArrayPool<char>.Shared.Return(characters);
    }

    /// <summary>
    /// Reports new output whenever the last report has been sent. Returns whether there is output that no report has shown.
    /// </summary>
    private async Task<bool> ReportAsync(
        BashOutput output, SemaphoreSlim shown, ToolContext context, CancellationToken cancellationToken)
    {
        var pending = false;
        try
        {
            while (true)
            {
                await shown.WaitAsync(cancellationToken);
                pending = true;
                var (text, added) = output.Report();
                await context.ShowOutputAsync(text, added, cancellationToken);
                pending = false;
                await Task.Delay(ReportInterval, time, cancellationToken);
            }
        }
        catch (OperationCanceledException)
        {
            return pending || shown.CurrentCount > 0;
        }
    }

    private const string Aborted = "User aborted the command";

    private static string TimedOut(long timeout) =>
        $"The command was stopped because it took longer than {timeout.ToString(CultureInfo.InvariantCulture)} ms. "
        + "If it needs more, call again with a larger timeout, in milliseconds.";

    // Rules are judged by the grammars of bash and sh, so a user's shell with another grammar is not used.
    private static string DefaultShell() =>
        Environment.GetEnvironmentVariable("SHELL") is { Length: > 0 } own && ScriptPrograms.DialectOf(own) is not null && File.Exists(own)
            ? own
            : "/bin/bash";
}
