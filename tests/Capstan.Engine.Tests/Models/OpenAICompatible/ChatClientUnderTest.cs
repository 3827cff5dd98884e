using Capstan.Engine.Models.OpenAICompatible;
using Microsoft.Extensions.AI;

namespace Capstan.Engine.Tests.Models.OpenAICompatible;

/// <summary>The client of OpenAI's protocol, with an HTTP client of its own and a clock that a test moves.</summary>
internal sealed class ChatClientUnderTest : IDisposable
{
    private readonly HttpClient _http = new(new SocketsHttpHandler { UseProxy = false, AllowAutoRedirect = false });

    public ChatClientUnderTest(Uri url, TimeProvider time, Func<OpenAICompatibleOptions, OpenAICompatibleOptions>? adapt = null)
    {
        var options = new OpenAICompatibleOptions { Address = new Uri($"{url}/chat/completions"), Model = "echo" };
        Client = new OpenAICompatibleChatClient(_http, adapt is null ? options : adapt(options), time);
    }

    public OpenAICompatibleChatClient Client { get; }

    public IAsyncEnumerable<ChatResponseUpdate> Stream(CancellationToken cancellationToken) =>
        Client.GetStreamingResponseAsync([new ChatMessage(ChatRole.User, "hello")], null, cancellationToken);

    public async Task<IReadOnlyList<ChatResponseUpdate>> ReadAsync(CancellationToken cancellationToken, ChatOptions? options = null)
    {
        var updates = new List<ChatResponseUpdate>();
        await foreach (var update in Client.GetStreamingResponseAsync([new ChatMessage(ChatRole.User, "hello")], options, cancellationToken))
            updates.Add(update);
        return updates;
    }

    public void Dispose()
    {
        Client.Dispose();
        _http.Dispose();
    }
}
