using System.Diagnostics;
using Capstan.Bench.Client;
using Capstan.Bench.Processes;

namespace Capstan.Bench.Servers;

/// <summary>A server that the benchmark started and that it ends.</summary>
internal sealed class ServerProcess : IAsyncDisposable
{
    private readonly Process process;

    /// <summary>Takes over a process that has answered.</summary>
    public ServerProcess(Process process, Uri address, ServerHome home, TimeSpan startTook)
    {
        this.process = process;
        StartTook = startTook;
        Tree = new ProcessTree(process.Id);
        Client = new SessionClient(address, home.Workspace);
    }

    /// <summary>From the spawn to the first 200.</summary>
    public TimeSpan StartTook { get; }

    /// <summary>Its processes, for memory and processor time.</summary>
    public ProcessTree Tree { get; }

    /// <summary>Drives it.</summary>
    public SessionClient Client { get; }

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
        await EndAsync(process);
    }
}
