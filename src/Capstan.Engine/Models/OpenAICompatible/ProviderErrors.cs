using System.Globalization;
using System.Text.Json;
using Capstan.Contract;

namespace Capstan.Engine.Models.OpenAICompatible;

/// <summary>Turns a provider's errors into errors for people, and decides whether the call may be tried again.</summary>
internal static class ProviderErrors
{
    // 529 is what some providers answer when they are overloaded.
    private static bool IsRetryable(int status) => status is 408 or 409 or 425 or 429 or >= 500;

    /// <summary>The error that an HTTP response stands for.</summary>
    /// <param name="response">The response.</param>
    /// <param name="body">The beginning of the response's body.</param>
    /// <param name="address">Where the request went.</param>
    /// <param name="note">Text that is added to the message, which names the proxy on the way; may be empty.</param>
    /// <param name="time">The clock, by which a date in <c>retry-after</c> becomes a time to wait.</param>
    public static ModelException FromResponse(HttpResponseMessage response, string body, Uri address, string note, TimeProvider time)
    {
        var status = (int)response.StatusCode;
        var message = (Redirect(response, address) ?? Message(body) ?? (LooksLikeHtml(body)
            ? $"{address.Host} answered {status} with a web page instead of the API. Check the base URL, proxies and gateways."
            : $"{status} {response.ReasonPhrase}".TrimEnd())) + note;
        if (IsOverflow(status, body))
            return new ModelException(MessageError.ContextOverflow(message, body), isRetryable: false);
        var isRetryable = IsRetryable(status);
        return new ModelException(
            new MessageError("APIError", new MessageErrorData
            {
                Message = message,
                StatusCode = status,
                IsRetryable = isRetryable,
                ResponseHeaders = Headers(response),
                ResponseBody = body,
                Metadata = new Dictionary<string, string> { ["url"] = address.ToString() },
            }),
            isRetryable,
            RetryAfter(response, time));
    }

    /// <summary>The error that a chunk of a stream reports.</summary>
    public static ModelException FromStream(JsonElement error, Uri address)
    {
        var text = error.GetRawText();
        var code = error.ValueKind == JsonValueKind.Object && error.TryGetProperty("code"u8, out var value) ? value.ToString() : "";
        if (code == "context_length_exceeded")
            return new ModelException(MessageError.ContextOverflow(Message(text) ?? text, text), isRetryable: false);
        var isRetryable = code is "server_error" or "rate_limit_exceeded" or "overloaded_error"
            || (int.TryParse(code, CultureInfo.InvariantCulture, out var status) && IsRetryable(status));
        return isRetryable
            ? new ModelException(
                new MessageError("APIError", new MessageErrorData
                {
                    Message = Message(text) ?? text,
                    IsRetryable = true,
                    ResponseBody = text,
                    Metadata = new Dictionary<string, string> { ["url"] = address.ToString() },
                }),
                isRetryable: true)
            : new ModelException(MessageError.Unknown(text), isRetryable: false);
    }

    private static string? Redirect(HttpResponseMessage response, Uri address) =>
        response.Headers.Location is { } target && (int)response.StatusCode is >= 300 and < 400
            ? $"{address.Host} redirects to {new Uri(address, target).GetLeftPart(UriPartial.Path)}, which is not followed, because the key would go with it. "
                + "If that is where the API is, set it as the base URL."
            : null;

    private static bool IsOverflow(int status, string body) =>
        status == 413 || body.Contains("context_length_exceeded", StringComparison.Ordinal)
        || (status == 400 && body.Contains("maximum context length", StringComparison.OrdinalIgnoreCase));

    private static bool LooksLikeHtml(string body) => body.AsSpan().TrimStart().StartsWith("<");

    private static string? Message(string body)
    {
        try
        {
            using var document = JsonDocument.Parse(body);
            var root = document.RootElement;
            if (root.ValueKind != JsonValueKind.Object)
                return null;
            if (root.TryGetProperty("error"u8, out var error))
            {
                if (error.ValueKind == JsonValueKind.String)
                    return error.GetString();
                root = error;
            }

            return root.ValueKind == JsonValueKind.Object && root.TryGetProperty("message"u8, out var message)
                && message.ValueKind == JsonValueKind.String
                ? message.GetString()
                : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static Dictionary<string, string> Headers(HttpResponseMessage response)
    {
        var headers = new Dictionary<string, string>();
        foreach (var (name, values) in response.Headers.Concat(response.Content.Headers))
        {
            // Headers that set cookies are left out: a cookie is a secret between provider and client, and must not be in an
            // error message.
            if (!name.Equals("set-cookie", StringComparison.OrdinalIgnoreCase))
                headers[name.ToLowerInvariant()] = string.Join(", ", values);
        }

        return headers;
    }

    private static TimeSpan? RetryAfter(HttpResponseMessage response, TimeProvider time)
    {
        if (response.Headers.TryGetValues("retry-after-ms", out var milliseconds)
            && double.TryParse(milliseconds.First(), CultureInfo.InvariantCulture, out var value) && value >= 0)
        {
            return TimeSpan.FromMilliseconds(value);
        }

        return response.Headers.RetryAfter switch
        {
            { Delta: { } delta } => delta,
            { Date: { } date } when date > time.GetUtcNow() => date - time.GetUtcNow(),
            _ => null,
        };
    }
}
