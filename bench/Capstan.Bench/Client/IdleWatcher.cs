using System.Collections.Concurrent;
using System.Text;

namespace Capstan.Bench.Client;

/// <summary>Tells when a session's turn is over, as a client learns it: by <c>session.idle</c> on the event stream.</summary>
internal sealed class IdleWatcher : IAsyncDisposable
{
    private readonly ConcurrentDictionary<string, TaskCompletionSource<long>> _waiting = [];
    private EventStream? _stream;

    private IdleWatcher()
    {
    }

    /// <summary>Opens the event stream.</summary>
    public static async Task<IdleWatcher> OpenAsync(Uri server, string directory, CancellationToken cancellation)
    {
        var watcher = new IdleWatcher();
        watcher._stream = await EventStream.OpenAsync(server, directory, watcher.Line, cancellation);
        return watcher;
    }

    /// <summary>The timestamp at which the session is next seen idle; ask before the prompt goes out.</summary>
    public Task<long> NextIdle(string session)
    {
        var next = new TaskCompletionSource<long>(TaskCreationOptions.RunContinuationsAsynchronously);
        _waiting[session] = next;
        return next.Task;
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _stream?.DisposeAsync() ?? ValueTask.CompletedTask;

    private void Line(ReadOnlySpan<byte> line, long timestamp)
    {
        if (line.IndexOf("\"session.idle\""u8) < 0)
            return;
        var key = "\"sessionID\":\""u8;
        var value = line[(line.IndexOf(key) + key.Length)..];
        var session = Encoding.ASCII.GetString(value[..value.IndexOf((byte)'"')]);
        if (_waiting.TryRemove(session, out var next))
            next.TrySetResult(timestamp);
    }
}
