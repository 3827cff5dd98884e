using System.Net;
using System.Text.Json.Nodes;
using Capstan.Contract;
using Capstan.Engine.Configuration.Redaction;
using Capstan.Engine.Models.Offline;
using Capstan.Engine.Models.OpenAICompatible;
using Microsoft.Extensions.AI;

namespace Capstan.Engine.Models;

/// <summary>Makes the client for a model. A new protocol is one more line here and a folder of its own.</summary>
/// <param name="http">The HTTP client for all models. It must not follow redirects, because keys would go with them.</param>
/// <param name="proxy">The proxies that the client uses.</param>
/// <param name="time">The clock of the clients' timeouts.</param>
/// <param name="userAgent">The user agent that the server names itself.</param>
/// <param name="own">
/// Makes clients for models that the embedding program serves itself. It is called first, with the workspace's directory and the
/// model; where it returns null, a built-in protocol serves the model.
/// </param>
internal sealed class ChatClients(
    HttpClient http, IWebProxy proxy, TimeProvider time, string userAgent, Func<string, ModelInfo, IChatClient?>? own = null)
{
    /// <summary>A client for one model, to be disposed after the call.</summary>
    /// <param name="directory">The directory of the workspace.</param>
    /// <param name="models">The workspace's models.</param>
    /// <param name="secrets">The secrets that the model's errors must not show.</param>
    /// <param name="model">The model.</param>
    /// <exception cref="ModelException">The model cannot be called as it is configured.</exception>
    public IChatClient Create(string directory, ModelCatalogue models, SecretValues secrets, ModelInfo model)
    {
        try
        {
            return new RedactingChatClient(own?.Invoke(directory, model) ?? CreateOwn(models.Endpoint(model), model), secrets);
        }
        catch (ModelException failure)
        {
            // The error repeats the configured address and names, in which a reference to a secret may have been filled in.
            throw new ModelException(secrets.Redact(failure.Error), failure.IsRetryable);
        }
    }

    private IChatClient CreateOwn(ModelEndpoint endpoint, ModelInfo model)
    {
        return endpoint switch
        {
            { Problem: { } problem } => throw new ModelException(MessageError.ProviderAuth(model.ProviderID, problem), isRetryable: false),
            { Protocol: ModelProtocol.Offline } => new EchoChatClient(),
            { Protocol: ModelProtocol.OpenAICompatible } => new OpenAICompatibleChatClient(http, Options(endpoint, model), time),
            _ => throw new ModelException(
                MessageError.Unknown($"Capstan cannot speak to {model.ProviderID}/{model.ID} ({model.Api.Npm}) yet."), isRetryable: false),
        };
    }

    /// <summary>Whether a model is worth asking for titles.</summary>
    public static bool CanTitle(ModelInfo model) => model.ProviderID != OfflineModel.ProviderID;

    private OpenAICompatibleOptions Options(ModelEndpoint endpoint, ModelInfo model)
    {
        var headers = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase) { ["User-Agent"] = userAgent };
        if (endpoint.ApiKey is { } key)
            headers["Authorization"] = $"Bearer {key}";
        foreach (var (name, value) in endpoint.Headers)
            headers[name] = value;
        var address = new Uri($"{endpoint.BaseUrl.TrimEnd('/')}/chat/completions");
        return new OpenAICompatibleOptions
        {
            Address = address,
            Proxy = proxy.IsBypassed(address) ? null : proxy.GetProxy(address),
            Model = model.Api.ID,
            Headers = headers,
            HeaderTimeout = endpoint.HeaderTimeout ?? Timeout.InfiniteTimeSpan,
            ChunkTimeout = endpoint.ChunkTimeout ?? Timeout.InfiniteTimeSpan,
            Timeout = endpoint.Timeout ?? Timeout.InfiniteTimeSpan,
            SendsCacheKey = endpoint.SetCacheKey,
            ReasoningField = (model.Capabilities.Interleaved as JsonObject)?["field"]?.GetValue<string>(),
            Extra = model.Options,
        };
    }
}
