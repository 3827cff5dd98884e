using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Nodes;
using Capstan.Contract;
using Capstan.Engine.Admission;
using Capstan.Engine.Configuration;
using Capstan.Engine.Storage;
using Capstan.Engine.Workspaces;
using Capstan.Server.Requests;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Capstan.Server.Replies;

/// <summary>Writes errors in OpenCode's form, <c>{"name","data"}</c>.</summary>
internal static class ErrorReplies
{
    // In seconds. A database that was started again takes requests within that time.
    private const string RetryAfter = "1";

    /// <summary>
    /// The outermost layer of the face: an exception of any inner layer becomes an answer that says what is wrong.
    /// </summary>
    public static async Task GuardAsync(HttpContext http, RequestDelegate next, ILoggerFactory loggers)
    {
        try
        {
            await next(http);
            if (http.Response.StatusCode == 401)
                LogRefusal(http, loggers, 401, "no password, or a wrong one");
            else if (http.Response.StatusCode == 403)
                LogRefusal(http, loggers, 403, "a Host or an Origin that is not allowed");
        }
        catch (Exception exception) when (http.RequestAborted.IsCancellationRequested)
        {
            // The client has left, so nobody can be told.
            Log.ClientGone(loggers.CreateLogger("Capstan.Server"), http.Request.Method, http.Request.Path, exception.GetType().Name);
        }
        catch (Exception exception) when (http.Response.HasStarted)
        {
            Log.RequestFailed(loggers.CreateLogger("Capstan.Server"), exception, http.Request.Method, http.Request.Path, "-");
            http.Abort();
        }
        catch (InvalidBodyException exception)
        {
            // Only the place is logged, because other parts of the message may quote the prompt.
            var place = exception.Message.IndexOf("\n  at ", StringComparison.Ordinal);
            LogRefusal(http, loggers, 400, $"the body does not have the expected shape{(place < 0 ? "" : exception.Message[(place + 3)..])}");
            await http.WriteBadRequestAsync(exception.Message, "Payload");
        }
        catch (InvalidQueryException exception)
        {
            await http.WriteBadRequestAsync(exception.Message, "Query");
        }
        catch (WorkspaceReadException exception)
        {
            await WriteAsync(http, exception, loggers);
        }
        catch (ConfigException exception)
        {
            LogRefusal(http, loggers, 400, exception.Message);
            await http.WriteJsonAsync(JsonSerializer.SerializeToUtf8Bytes(exception.ToJson(), WireJson.Wire.JsonObject), 400);
        }
        catch (StoreUnavailableException exception)
        {
            LogRefusal(http, loggers, 503, exception.Message);
            http.Response.Headers.RetryAfter = RetryAfter;
            await http.WriteNamedErrorAsync(
                503, "ServiceUnavailableError", $"{exception.Message} Send the request again; a prompt with the same messageID is accepted once.");
        }
        catch (BadHttpRequestException exception)
        {
            var status = exception.StatusCode;
            LogRefusal(http, loggers, status, exception.Message);
            await http.WriteNamedErrorAsync(status, "BadRequest", status == StatusCodes.Status413PayloadTooLarge
                ? "The request body is larger than this server accepts (capstan.server.maxBodySize)."
                : exception.Message);
        }
        catch (Exception exception)
        {
            var reference = $"err_{RandomNumberGenerator.GetHexString(8, lowercase: true)}";
            Log.RequestFailed(loggers.CreateLogger("Capstan.Server"), exception, http.Request.Method, http.Request.Path, reference);
            await http.WriteJsonAsync(
                new MessageError("UnknownError", new MessageErrorData
                {
                    Message = $"The server failed to answer; its log says why under {reference}.",
                    Ref = reference,
                }),
                WireJson.Wire.MessageError,
                500);
        }
    }

    private static async Task WriteAsync(HttpContext http, WorkspaceReadException exception, ILoggerFactory loggers)
    {
        switch (exception.Problem)
        {
            case WorkspaceReadProblem.Refused:
                await http.WriteBadRequestAsync(exception.Message, "Query");
                break;
            case WorkspaceReadProblem.Missing:
                await http.WriteNotFoundAsync(exception.Message);
                break;
            default:
                LogRefusal(http, loggers, 500, exception.Message);
                await http.WriteNamedErrorAsync(500, "UnknownError", exception.Message);
                break;
        }
    }

    /// <summary>Logs a refused request, without its query, which may hold a password.</summary>
    private static void LogRefusal(HttpContext http, ILoggerFactory loggers, int status, string reason) =>
        Log.RequestRefused(loggers.CreateLogger("Capstan.Server"), http.Request.Method, http.Request.Path, status, reason);

    /// <summary>Writes the answer for a path and method that no route has.</summary>
    public static Task WriteNoRouteAsync(HttpContext http) =>
        http.WriteNotFoundAsync($"No such route: {http.Request.Method} {http.Request.Path}. GET /doc lists all.");

    /// <summary>Writes a 404 NotFoundError.</summary>
    public static Task WriteNotFoundAsync(this HttpContext http, string message) =>
        http.WriteNamedErrorAsync(404, "NotFoundError", message);

    /// <summary>Writes a 400 BadRequest with the kind of input that is wrong: Payload, Query or Params.</summary>
    public static Task WriteBadRequestAsync(this HttpContext http, string message, string kind) => http.WriteJsonAsync(
        new JsonObject
        {
            ["name"] = "BadRequest",
            ["data"] = new JsonObject { ["message"] = message, ["kind"] = kind },
        },
        WireJson.Wire.JsonObject,
        400);

    /// <summary>Writes an error with a name and a message.</summary>
    public static Task WriteNamedErrorAsync(this HttpContext http, int status, string name, string message) =>
        http.WriteJsonAsync(new MessageError(name, new MessageErrorData { Message = message }), WireJson.Wire.MessageError, status);

    /// <summary>Writes the answer for a refusal of the engine.</summary>
    public static Task WriteRefusalAsync(this HttpContext http, Refusal refusal) => refusal.Kind switch
    {
        RefusalKind.NotFound => http.WriteNotFoundAsync(refusal.Message),
        RefusalKind.Conflict => http.WriteNamedErrorAsync(409, "ConflictError", refusal.Message),
        _ => http.WriteBadRequestAsync(refusal.Message, "Payload"),
    };
}
