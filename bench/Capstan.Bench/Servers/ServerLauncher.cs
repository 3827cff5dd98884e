using System.Diagnostics;
using System.Globalization;
using Capstan.Bench.Processes;

namespace Capstan.Bench.Servers;

/// <summary>How one of the two servers is started. Both take the same command line and the same environment.</summary>
internal abstract class ServerLauncher
{
    /// <summary>The column that the figures stand in.</summary>
    public abstract string Name { get; }

    /// <summary>The processes of the database server that the servers use; null where they use none.</summary>
    public virtual ProcessTree? Database => null;

    /// <summary>Whether a server goes on as before after it was halted for some minutes.</summary>
    public virtual bool CanBeHalted => true;

    /// <summary>The program.</summary>
    protected abstract string Executable { get; }

    /// <summary>Kills all connections of the database server, and returns once it accepts new ones.</summary>
    public virtual Task KillDatabaseAsync(CancellationToken cancellation) => throw new NotSupportedException($"{Name} has no database server.");

    /// <summary>Says before anything is measured that the program is not there.</summary>
    public void Check()
    {
        if (!File.Exists(Executable))
            throw new FileNotFoundException($"{Name} is not at {Executable}; see bench/README.md.");
    }

    /// <summary>Starts a server in <paramref name="home"/> and waits for its first 200.</summary>
    public async Task<ServerProcess> StartAsync(ServerHome home, CancellationToken cancellation)
    {
        var port = LoopbackPort.Free();
        // The shell only turns the output into a file and then becomes the server: nobody has to pump pipes.
        var start = new ProcessStartInfo("/bin/sh");
        home.Apply(start);
        foreach (var argument in (string[])["-c", "exec \"$0\" \"$@\" >\"$BENCH_LOG\" 2>&1", Executable,
            "serve", "--hostname", "127.0.0.1", "--port", port.ToString(CultureInfo.InvariantCulture)])
            start.ArgumentList.Add(argument);
        start.Environment["BENCH_LOG"] = home.Log;
        await ConfigureAsync(start, home, cancellation);
        var startedAt = Stopwatch.GetTimestamp();
        var process = Process.Start(start) ?? throw new InvalidOperationException($"{Name} did not start.");
        try
        {
            var readyAt = await HealthProbe.WaitAsync(port, process, cancellation);
            return new ServerProcess(process, new Uri($"http://127.0.0.1:{port}"), home, Stopwatch.GetElapsedTime(startedAt, readyAt), Database);
        }
        catch
        {
            await ServerProcess.EndAsync(process);
            throw;
        }
    }

    /// <summary>Adds what only this server knows.</summary>
    protected virtual Task ConfigureAsync(ProcessStartInfo start, ServerHome home, CancellationToken cancellation) => Task.CompletedTask;
}
