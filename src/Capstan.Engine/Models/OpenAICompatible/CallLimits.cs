namespace Capstan.Engine.Models.OpenAICompatible;

/// <summary>
/// The time limits of one call: how long the provider may say nothing, before the headers and between chunks, and how long the call
/// may take in all.
/// </summary>
internal sealed class CallLimits : IDisposable
{
    private readonly OpenAICompatibleOptions _options;
    private readonly CancellationToken _caller;
    private readonly CancellationTokenSource _silence;
    private readonly CancellationTokenSource _whole;
    private readonly CancellationTokenSource _any;
    private bool _hasHeaders;

    /// <summary>The call begins.</summary>
    /// <param name="options">The limits.</param>
    /// <param name="time">The clock.</param>
    /// <param name="caller">Stops the call from outside.</param>
    public CallLimits(OpenAICompatibleOptions options, TimeProvider time, CancellationToken caller)
    {
        (_options, _caller) = (options, caller);
        _silence = new CancellationTokenSource(options.HeaderTimeout, time);
        _whole = new CancellationTokenSource(options.Timeout, time);
        _any = CancellationTokenSource.CreateLinkedTokenSource(caller, _silence.Token, _whole.Token);
    }

    /// <summary>Cancelled when a limit is reached, or the caller stops the call.</summary>
    public CancellationToken Token => _any.Token;

    /// <summary>Why the call was stopped, in words for the user; null where no limit stopped it, or the caller did.</summary>
    public string? Reason => _caller.IsCancellationRequested ? null
        : _whole.IsCancellationRequested ? $"The call took longer than {_options.Timeout.TotalSeconds:0.###} s"
        : !_silence.IsCancellationRequested ? null
        : _hasHeaders ? $"The model's stream was silent for {_options.ChunkTimeout.TotalSeconds:0.###} s"
        : $"The model sent no response headers within {_options.HeaderTimeout.TotalSeconds:0.###} s";

    /// <summary>From now on the next chunk, or the rest of an error, is awaited; the limit begins anew.</summary>
    public void AwaitChunk()
    {
        _hasHeaders = true;
        _silence.CancelAfter(_options.ChunkTimeout);
    }

    /// <summary>From now on nothing is awaited: while the caller works on a chunk, the provider is not silent.</summary>
    public void Rest() => _silence.CancelAfter(Timeout.InfiniteTimeSpan);

    /// <inheritdoc/>
    public void Dispose()
    {
        _any.Dispose();
        _whole.Dispose();
        _silence.Dispose();
    }
}
