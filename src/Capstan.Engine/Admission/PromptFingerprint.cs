using System.Security.Cryptography;
using System.Text.Json;
using Capstan.Contract;

namespace Capstan.Engine.Admission;

/// <summary>What a request said, in a few bytes, so that a repetition can be told from another prompt with the same identifier.</summary>
internal static class PromptFingerprint
{
    /// <summary>The fingerprint of a request; the order of its JSON members does not matter.</summary>
    public static string Of(PromptRequest request) =>
        Convert.ToHexString(SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes(request, WireJson.Wire.PromptRequest)));
}
