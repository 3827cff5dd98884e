namespace Capstan.Engine.Models;

/// <summary>Keys of <see cref="Microsoft.Extensions.AI.ChatOptions.AdditionalProperties"/> that our providers understand.</summary>
internal static class ModelRequest
{
    /// <summary>Headers for this request alone: a <c>IReadOnlyDictionary&lt;string, string&gt;</c>.</summary>
    public const string HeadersKey = "capstan.headers";

    /// <summary>Further fields of this request alone, in the provider's words: a <c>JsonObject</c>.</summary>
    public const string OptionsKey = "capstan.options";
}
