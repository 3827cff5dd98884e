namespace Capstan.Engine.Models;

/// <summary>
/// Keys of <see cref="Microsoft.Extensions.AI.ChatOptions.AdditionalProperties"/> that the clients of Capstan's own protocols
/// understand.
/// </summary>
internal static class ModelRequest
{
    /// <summary>Headers for one request: a <c>IReadOnlyDictionary&lt;string, string&gt;</c>.</summary>
    public const string HeadersKey = "capstan.headers";

    /// <summary>What calls of one session have in common, for the provider's prompt cache: a <c>string</c>.</summary>
    public const string CacheKey = "capstan.cacheKey";

    /// <summary>Further fields of one request, in the provider's words: a <c>JsonObject</c>.</summary>
    public const string OptionsKey = "capstan.options";
}
