namespace Capstan.Bench.Client;

/// <summary>A reader of the fan-out: counts the deltas that reach it until the session is idle.</summary>
internal sealed class DeltaReader : IAsyncDisposable
{
    private readonly Lock gate = new();
    private TaskCompletionSource<Deliveries> turn = NewTurn();
    private EventStream? stream;
    private int deltas;
    private long last;

    private DeltaReader()
    {
    }

    /// <summary>Opens the event stream.</summary>
    public static async Task<DeltaReader> OpenAsync(Uri server, string directory, CancellationToken cancellation)
    {
        var reader = new DeltaReader();
        reader.stream = await EventStream.OpenAsync(server, directory, reader.Line, cancellation);
        return reader;
    }

    /// <summary>Begins to count anew and returns what arrives up to the next <c>session.idle</c>.</summary>
    public Task<Deliveries> NextTurn()
    {
        lock (gate)
        {
            deltas = 0;
            last = 0;
            turn = NewTurn();
            return turn.Task;
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => stream?.DisposeAsync() ?? ValueTask.CompletedTask;

    private static TaskCompletionSource<Deliveries> NewTurn() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private void Line(ReadOnlySpan<byte> line, long timestamp)
    {
        lock (gate)
        {
            if (line.IndexOf("\"message.part.delta\""u8) >= 0)
            {
                deltas++;
                last = timestamp;
            }
            else if (line.IndexOf("\"session.idle\""u8) >= 0)
            {
                turn.TrySetResult(new Deliveries(deltas, last));
            }
        }
    }
}
