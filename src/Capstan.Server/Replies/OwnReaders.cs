using Capstan.Server.Requests;
using Microsoft.AspNetCore.Http;

namespace Capstan.Server.Replies;

/// <summary>
/// Clients that read events beside a synchronous prompt, such as OpenCode's <c>run --attach</c>, stop reading with the answer and print
/// what they have read by then. The two travel on connections of their own, so the answer of such a client is held back: first until its
/// own readers have been sent the turn's events, then a moment in which they are read. Nobody else's answer waits.
/// </summary>
internal static class OwnReaders
{
    // A client whose reader is stuck gets its answer all the same.
    private static readonly TimeSpan Longest = TimeSpan.FromMilliseconds(100);

    /// <summary>Returns when the answer may go out.</summary>
    public static async Task LetReadAsync(ServerContext context, HttpContext http)
    {
        if (context.Options.AnswerDelay <= TimeSpan.Zero)
            return;
        // The system's clock, whatever the engine's is: it is real connections that are waited for.
        using var patience = new CancellationTokenSource(Longest, TimeProvider.System);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, http.RequestAborted);
        try
        {
            if (await context.Engine.Hub.WaitForReadersAsync(http.ClientName(), either.Token))
                await Task.Delay(context.Options.AnswerDelay, TimeProvider.System, http.RequestAborted);
        }
        catch (OperationCanceledException) when (!http.RequestAborted.IsCancellationRequested)
        {
            // The reader is stuck; its client has waited long enough.
        }
    }
}
