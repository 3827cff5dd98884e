using Microsoft.AspNetCore.Http;

namespace Capstan.Server.Replies;

/// <summary>
/// Keeps the connection of a synchronous prompt alive. Proxies give up on an answer whose first byte is late. JSON allows white
/// space before a value, so the headers and blanks are sent while the turn runs, and the body is still one JSON value.
/// </summary>
internal sealed class KeepAlive(HttpContext http, ServerContext context)
{
    /// <summary>Sends headers and blanks until the work is done. Returns false where the client left first.</summary>
    public async Task<bool> UntilAsync(Task work)
    {
        var patience = context.Options.EarlyHeaders;
        while (!work.IsCompleted)
        {
            try
            {
                await work.WaitAsync(patience, context.Engine.Options.Time, http.RequestAborted);
            }
            catch (TimeoutException)
            {
                if (!http.Response.HasStarted)
                {
                    http.Response.ContentType = "application/json";
                    // This header stops proxies from buffering, which would keep the blanks from the next proxy or the client.
                    http.Response.Headers["x-accel-buffering"] = "no";
                }

                await http.Response.BodyWriter.WriteAsync(" "u8.ToArray(), http.RequestAborted);
                patience = context.Options.KeepAlive;
            }
            catch (OperationCanceledException)
            {
                return false;
            }
        }

        return true;
    }
}
