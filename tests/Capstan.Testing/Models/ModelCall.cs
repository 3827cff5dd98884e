using System.Text.Json;

namespace Capstan.Testing.Models;

/// <summary>One recorded call, from its arrival to its end.</summary>
public sealed class ModelCall
{
    private readonly TaskCompletionSource<ModelCallEnd> _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Order of arrival, from 0, over all kinds of call.</summary>
    public required int Order { get; init; }

    /// <summary>What the call is for.</summary>
    public required ModelCallKind Kind { get; init; }

    /// <summary>The parsed request.</summary>
    public required JsonElement Body { get; init; }

    /// <summary>The request's headers, names compared without case.</summary>
    public required IReadOnlyDictionary<string, string> Headers { get; init; }

    /// <summary>The script chosen by the marker, whether or not it is known; null when no user text has one.</summary>
    public required string? Script { get; init; }

    /// <summary>Assistant messages after the marked user message, or in all when there is no marker.</summary>
    public required int Step { get; init; }

    /// <summary>How often this step of this script was called before by the same session: a retry has 1 or more.</summary>
    public required int Attempt { get; init; }

    /// <summary>The newest user text, empty when there is none.</summary>
    public required string UserText { get; init; }

    /// <summary>Completes with how the call ended.</summary>
    public Task<ModelCallEnd> Ended => _ended.Task;

    /// <summary>Completes when the client has disconnected early; fails when the call ended in another way.</summary>
    public Task ClientGone => ClientGoneAsync();

    internal void End(ModelCallEnd end) => _ended.TrySetResult(end);

    private async Task ClientGoneAsync()
    {
        var end = await Ended;
        if (end != ModelCallEnd.ClientGone)
            throw new InvalidOperationException($"Model call {Order} was expected to lose its client, but it ended as {end}.");
    }
}
