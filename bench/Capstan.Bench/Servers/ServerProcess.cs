using System.Diagnostics;
using Capstan.Bench.Client;
using Capstan.Bench.Processes;

namespace Capstan.Bench.Servers;

/// <summary>A server that the benchmark started and that it ends.</summary>
internal sealed class ServerProcess : IAsyncDisposable
{
    private readonly Process _process;

    /// <summary>Takes over a process that has answered.</summary>
    public ServerProcess(Process process, Uri address, ServerHome home, TimeSpan startTook, ProcessTree? database)
    {
        _process = process;
        StartTook = startTook;
        Home = home;
        Database = database;
        Tree = new ProcessTree(process.Id);
        Client = new SessionClient(address, home.Workspace);
    }

    /// <summary>From the spawn to the first 200.</summary>
    public TimeSpan StartTook { get; }

    /// <summary>Its processes, for memory and processor time.</summary>
    public ProcessTree Tree { get; }

    /// <summary>The processes of the database server that it uses; null where it uses none.</summary>
    public ProcessTree? Database { get; }

    /// <summary>Where it lives.</summary>
    public ServerHome Home { get; }

    /// <summary>Drives it.</summary>
    public SessionClient Client { get; }

    /// <summary>What it and its database server have used so far.</summary>
    public ProcessorTime ProcessorTime() => new(Tree.ProcessorMilliseconds(), Database?.ProcessorMilliseconds());

    /// <summary>Ends a process of ours and its children.</summary>
    public static async Task EndAsync(Process process)
    {
        if (!process.HasExited)
            process.Kill(entireProcessTree: true);
        await process.WaitForExitAsync();
        process.Dispose();
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await EndAsync(_process);
    }
}
