using Capstan.Server.Requests;
using Microsoft.AspNetCore.Http;

namespace Capstan.Server.Replies;

/// <summary>
/// Clients that read events beside a synchronous prompt, such as OpenCode's <c>run --attach</c>, stop reading events when they
/// have the answer, and print only what they have read by then. Events and answer travel on different connections. The answer to
/// such a client is therefore held back: first until its own readers have been sent the turn's events, then for a moment in which
/// the client reads them. No other client's answer is held back.
/// </summary>
internal static class OwnReaders
{
    // The longest time an answer is held back, so that a client whose reader has stopped reading gets its answer, too.
    private static readonly TimeSpan Longest = TimeSpan.FromMilliseconds(100);

    /// <summary>Returns when the answer may be sent.</summary>
    public static async Task LetReadAsync(ServerContext context, HttpContext http)
    {
        if (context.Options.AnswerDelay <= TimeSpan.Zero)
            return;
        // This uses the system's clock and not the engine's, because the time is for real connections.
        using var patience = new CancellationTokenSource(Longest, TimeProvider.System);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, http.RequestAborted);
        try
        {
            if (await context.Engine.Hub.WaitForReadersAsync(http.ClientName(), either.Token))
                await Task.Delay(context.Options.AnswerDelay, TimeProvider.System, http.RequestAborted);
        }
        catch (OperationCanceledException) when (!http.RequestAborted.IsCancellationRequested)
        {
            // The reader has stopped reading, and the answer was held back long enough.
        }
    }
}
