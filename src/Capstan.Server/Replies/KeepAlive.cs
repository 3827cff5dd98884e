using Microsoft.AspNetCore.Http;

namespace Capstan.Server.Replies;

/// <summary>
/// Keeps the connection of a synchronous prompt alive. Proxies give up on an answer whose first byte is late; JSON allows white space
/// before a value, so headers and blanks go out while the turn runs and the body stays one JSON value.
/// </summary>
internal sealed class KeepAlive(HttpContext http, ServerContext context)
{
    /// <summary>Returns when the work is done; false where the client went away first.</summary>
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
                    // A proxy that buffers would keep the blanks from whoever waits behind it, such as a further proxy.
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
