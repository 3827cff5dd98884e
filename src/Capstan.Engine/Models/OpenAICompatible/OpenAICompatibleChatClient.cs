using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using System.Text;
using Capstan.Contract;
using Microsoft.Extensions.AI;

namespace Capstan.Engine.Models.OpenAICompatible;

/// <summary>
/// Speaks the protocol of OpenAI's chat completions, streamed, with any server that has it
/// (<c>npm: "@ai-sdk/openai-compatible"</c>).
/// </summary>
/// <remarks>
/// This client is our own and not the vendor's package, because turns need what the package hides: <c>reasoning_content</c>, the
/// start of a tool call before its arguments, raw error bodies with their headers, and a limit on silence between chunks.
/// </remarks>
internal sealed class OpenAICompatibleChatClient(HttpClient http, OpenAICompatibleOptions options, TimeProvider time) : IChatClient
{
    private const int LongestErrorBody = 64 * 1024;

    /// <inheritdoc/>
    public Task<ChatResponse> GetResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) =>
        GetStreamingResponseAsync(messages, options, cancellationToken).ToChatResponseAsync(cancellationToken);

    /// <inheritdoc/>
    public async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages,
        ChatOptions? chatOptions = null,
        [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        using var limits = new CallLimits(options, time, cancellationToken);
        using var response = await GuardAsync(
            () => SendAsync(messages, chatOptions ?? new ChatOptions(), limits.Token), limits, cancellationToken);
        limits.AwaitChunk();
        if (!response.IsSuccessStatusCode)
            throw await ReadErrorAsync(response, limits);

        await using var body = await response.Content.ReadAsStreamAsync(limits.Token);
        await using var chunks = SseParser.Create(body, static (_, data) => data.ToArray())
            .EnumerateAsync(limits.Token).GetAsyncEnumerator(limits.Token);
        var reader = new ChatStreamReader(options.Address);
        while (true)
        {
            limits.AwaitChunk();
            if (!await GuardAsync(() => chunks.MoveNextAsync().AsTask(), limits, cancellationToken))
                break;
            limits.Rest();
            if (reader.Read(chunks.Current.Data) is { } update)
                yield return update;
            if (reader.IsDone)
                break;
        }

        yield return reader.Finish();
    }

    /// <inheritdoc/>
    public object? GetService(Type serviceType, object? serviceKey = null) =>
        serviceKey is null && serviceType.IsInstanceOfType(this) ? this : null;

    /// <inheritdoc/>
    public void Dispose()
    {
        // The HTTP client is shared by all models and belongs to whoever made it.
    }

    private async Task<HttpResponseMessage> SendAsync(
        IEnumerable<ChatMessage> messages, ChatOptions chatOptions, CancellationToken cancellationToken)
    {
        var content = new SequenceContent(ChatRequestWriter.Write(messages, chatOptions, options));
        content.Headers.ContentType = new("application/json");
        using var request = new HttpRequestMessage(HttpMethod.Post, options.Address) { Content = content };
        foreach (var (name, value) in options.Headers)
            request.Headers.TryAddWithoutValidation(name, value);
        if (chatOptions.AdditionalProperties?.TryGetValue(ModelRequest.HeadersKey, out var headers) == true
            && headers is IReadOnlyDictionary<string, string> perRequest)
        {
            foreach (var (name, value) in perRequest)
                request.Headers.TryAddWithoutValidation(name, value);
        }

        return await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
    }

    /// <summary>Turns failures of the network into errors that say what happened, and that the call may be tried again.</summary>
    private async Task<T> GuardAsync<T>(Func<Task<T>> act, CallLimits limits, CancellationToken cancellationToken)
    {
        try
        {
            return await act();
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested && limits.Reason is { } reason)
        {
            throw Connection(reason);
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException)
        {
            throw Connection(exception switch
            {
                HttpRequestException { HttpRequestError: HttpRequestError.ConnectionError } =>
                    $"Cannot connect to {options.Address}: {exception.Message}",
                _ => "Connection reset by server",
            }, exception);
        }
    }

    // Errors name the proxy, because a proxy may answer in the provider's place, and people would look for the fault at the
    // provider.
    private string ProxyNote => options.Proxy is { } proxy
        ? $" (through the proxy {proxy.GetComponents(UriComponents.SchemeAndServer, UriFormat.Unescaped)}, which the environment names; NO_PROXY leaves hosts out)"
        : "";

    private ModelException Connection(string message, Exception? cause = null) => new(
        new MessageError("APIError", new MessageErrorData
        {
            Message = message + ProxyNote,
            IsRetryable = true,
            Metadata = new Dictionary<string, string> { ["url"] = options.Address.ToString() },
        }),
        isRetryable: true,
        innerException: cause);

    private async Task<ModelException> ReadErrorAsync(HttpResponseMessage response, CallLimits limits)
    {
        string body;
        try
        {
            await using var stream = await response.Content.ReadAsStreamAsync(limits.Token);
            var buffer = new byte[LongestErrorBody];
            var length = await stream.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, limits.Token);
            body = Encoding.UTF8.GetString(buffer, 0, length);
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException
            || (exception is OperationCanceledException && limits.Reason is not null))
        {
            // The status says enough; a body that does not come is not waited for beyond the limits of the call.
            body = "";
        }

        return ProviderErrors.FromResponse(response, body, options.Address, ProxyNote, time);
    }
}
