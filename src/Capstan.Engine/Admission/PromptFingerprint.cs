using System.Security.Cryptography;
using System.Text.Json;
using Capstan.Contract;

namespace Capstan.Engine.Admission;

/// <summary>
/// A hash of what a request says, by which a repeated prompt is told from another prompt with the same identifier (R2).
/// </summary>
internal static class PromptFingerprint
{
    /// <summary>
    /// The fingerprint of a request. The order in which the body gave the request's own members does not matter.
    /// </summary>
    public static string Of(PromptRequest request) =>
        Convert.ToHexString(SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes(request, WireJson.Wire.PromptRequest)));
}
