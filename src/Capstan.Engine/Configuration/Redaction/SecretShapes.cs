using System.Text.RegularExpressions;

namespace Capstan.Engine.Configuration.Redaction;

/// <summary>
/// Finds secrets by what they look like, anywhere in a text: in addresses, in headers and in options of commands, and keys of
/// well-known services by their first letters.
/// </summary>
internal static partial class SecretShapes
{
    /// <summary>The text that replaces a secret.</summary>
    public const string Mask = "[redacted]";

    /// <summary>Returns the text with everything masked that looks like a secret.</summary>
    public static string Redact(string text)
    {
        text = UserInfo().Replace(text, static match => $"{match.Groups["scheme"].Value}{Mask}@");
        text = Parameter().Replace(text, static match => SecretNames.IsSecret(match.Groups["name"].Value)
            ? $"{match.Groups["before"].Value}{match.Groups["name"].Value}={Mask}"
            : match.Value);
        text = Scheme().Replace(text, static match => $"{match.Groups["scheme"].Value} {Mask}");
        text = KnownKey().Replace(text, Mask);
        return PrivateKey().Replace(text, Mask);
    }

    /// <summary>
    /// Whether an argument of a command says that the next one is a secret, as the option <c>--api-key</c> does.
    /// </summary>
    public static bool Announces(string argument) =>
        argument.StartsWith('-') && !argument.Contains('=', StringComparison.Ordinal) && SecretNames.IsSecret(argument.TrimStart('-'));

    // Matches whatever stands between the scheme and the at sign: user, password or both.
    [GeneratedRegex(@"(?<![A-Za-z0-9+.\-])(?<scheme>[A-Za-z][A-Za-z0-9+.\-]*://)[^/?#\s""'<>@]+(?:@[^/?#\s""'<>@]+)*@")]
    private static partial Regex UserInfo();

    // Matches name=value in a query, a fragment, a form, a cookie, or as an option of a command.
    [GeneratedRegex(@"(?<before>[?&;#""'\s]|^)(?<name>[A-Za-z0-9_.\-]+)=(?<value>[^&;#\s""'<>]+)")]
    private static partial Regex Parameter();

    [GeneratedRegex(@"\b(?<scheme>Bearer|Basic|Token|ApiKey|Digest)\s+(?!\[redacted\])(?=[A-Za-z+/=._~\-]*[0-9+/=])[A-Za-z0-9+/=._~*\-]{8,}", RegexOptions.IgnoreCase)]
    private static partial Regex Scheme();

    // Matches keys of OpenAI, Anthropic and others, GitHub, GitLab, Slack, AWS,
    // Google, Hugging Face, Groq, xAI, npm and PyPI, and JSON web tokens.
    [GeneratedRegex(
        @"\b(?:(?:sk|rk|pk)-[A-Za-z0-9_*\-]{8,}|gh[pousr]_[A-Za-z0-9]{16,}|github_pat_[A-Za-z0-9_]{16,}|glpat-[A-Za-z0-9_\-]{16,}"
        + @"|xox[abeoprs]-[A-Za-z0-9\-]{8,}|(?:AKIA|ASIA)[A-Z0-9]{16}|AIza[A-Za-z0-9_\-]{30,}|ya29\.[A-Za-z0-9_\-]{16,}|hf_[A-Za-z0-9]{16,}"
        + @"|gsk_[A-Za-z0-9]{16,}|xai-[A-Za-z0-9]{16,}|npm_[A-Za-z0-9]{30,}|pypi-[A-Za-z0-9_\-]{16,}"
        + @"|eyJ[A-Za-z0-9_\-]{8,4096}\.[A-Za-z0-9_\-]{8,4096}\.[A-Za-z0-9_\-]*)")]
    private static partial Regex KnownKey();

    [GeneratedRegex(@"-----BEGIN [A-Z ]*PRIVATE KEY-----.*?(?:-----END [A-Z ]*PRIVATE KEY-----|\z)", RegexOptions.Singleline)]
    private static partial Regex PrivateKey();
}
