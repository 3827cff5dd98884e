namespace Capstan.Bench.Client;

/// <summary>A reader of the fan-out: counts the deltas that reach it until the session is idle.</summary>
internal sealed class DeltaReader : IAsyncDisposable
{
    private readonly Lock _gate = new();
    private TaskCompletionSource<Deliveries> _turn = NewTurn();
    private EventStream? _stream;
    private int _deltas;
    private long _last;

    private DeltaReader()
    {
    }

    /// <summary>Opens the event stream.</summary>
    public static async Task<DeltaReader> OpenAsync(Uri server, string directory, CancellationToken cancellation)
    {
        var reader = new DeltaReader();
        reader._stream = await EventStream.OpenAsync(server, directory, reader.Line, cancellation);
        return reader;
    }

    /// <summary>Begins to count anew and returns what arrives up to the next <c>session.idle</c>.</summary>
    public Task<Deliveries> NextTurn()
    {
        lock (_gate)
        {
            _deltas = 0;
            _last = 0;
            _turn = NewTurn();
            return _turn.Task;
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _stream?.DisposeAsync() ?? ValueTask.CompletedTask;

    private static TaskCompletionSource<Deliveries> NewTurn() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private void Line(ReadOnlySpan<byte> line, long timestamp)
    {
        lock (_gate)
        {
            if (line.IndexOf("\"message.part.delta\""u8) >= 0)
            {
                _deltas++;
                _last = timestamp;
            }
            else if (line.IndexOf("\"session.idle\""u8) >= 0)
            {
                _turn.TrySetResult(new Deliveries(_deltas, _last));
            }
        }
    }
}
