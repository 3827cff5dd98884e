using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;

namespace Capstan.Server.Security;

/// <summary>
/// Checks the password, where one is set: as Basic authentication, or as the same
/// text in the query's <c>auth_token</c>, for clients that cannot set headers.
/// </summary>
internal sealed class PasswordRule
{
    private readonly byte[]? _credentials;

    /// <summary>Creates the rule. Without a password, the rule admits every request.</summary>
    public PasswordRule(string username, string? password)
    {
        if (!string.IsNullOrEmpty(password))
            _credentials = Encoding.UTF8.GetBytes($"{username}:{password}");
    }

    /// <summary>Whether a request carries the user name and the password.</summary>
    public bool Admits(HttpRequest request)
    {
        if (_credentials is null)
            return true;
        string? token = request.Query["auth_token"];
        if (string.IsNullOrEmpty(token))
        {
            string? header = request.Headers.Authorization;
            if (header?.StartsWith("Basic ", StringComparison.OrdinalIgnoreCase) != true)
                return false;
            token = header["Basic ".Length..].Trim();
        }

        var given = new byte[token.Length];
        // The comparison takes constant time, so that the time of a refusal does not tell how much of the password was right.
        return Convert.TryFromBase64String(token, given, out var length)
            && CryptographicOperations.FixedTimeEquals(given.AsSpan(0, length), _credentials);
    }
}
