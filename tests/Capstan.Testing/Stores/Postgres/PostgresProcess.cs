using System.Diagnostics;

namespace Capstan.Testing.Stores.Postgres;

/// <summary>
/// One run of the server: the postmaster, and the processes that it starts.
/// <code>
///   start ──▶ postmaster runs ──▶ postmaster has ended ──▶ nobody is left
///                                 (Ended)                  (Gone: no process holds the log's pipe any more)
/// </code>
/// After a kill the backends of the old postmaster live on for a moment, and as long as one of them does no new one starts.
/// </summary>
internal sealed class PostgresProcess
{
    private readonly TaskCompletionSource _started = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource<int> _gone = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private PostgresProcess()
    {
    }

    /// <summary>The postmaster's number.</summary>
    public int ID { get; private set; }

    /// <summary>The postmaster has ended.</summary>
    public Task Ended { get; private set; } = null!;

    /// <summary>The postmaster and all of its processes have ended; the postmaster's exit code.</summary>
    public Task<int> Gone => _gone.Task;

    /// <summary>Starts a postmaster; that it accepts connections is told by the log.</summary>
    public static async Task<PostgresProcess> StartAsync(ProcessStartInfo start, PostgresLog log)
    {
        var server = new PostgresProcess();
        // A thread of its own that lives as long as the server: the kernel kills the postmaster when the thread that started it ends, and
        // threads of the pool end when they are idle.
        new Thread(() => server.Run(start, log)) { IsBackground = true, Name = "PostgreSQL" }.Start();
        await server._started.Task;
        return server;
    }

    private void Run(ProcessStartInfo start, PostgresLog log)
    {
        try
        {
            using var process = Process.Start(start)!;
            ID = process.Id;
            Ended = process.WaitForExitAsync();
            _started.SetResult();
            while (process.StandardError.ReadLine() is { } line)
                log.Add(line);
            Ended.Wait();
            _gone.SetResult(process.ExitCode);
        }
        catch (Exception failure) when (_started.TrySetException(failure))
        {
            // Whoever waits for the start is told.
        }
    }
}
