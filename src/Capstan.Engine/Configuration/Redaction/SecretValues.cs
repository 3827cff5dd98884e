using Capstan.Contract;

namespace Capstan.Engine.Configuration.Redaction;

/// <summary>
/// The secrets that a workspace works with, by value: wherever one of them turns up in what people are shown, such as a provider's
/// error that repeats the key, it is masked. It holds the secrets, so it is never shown itself.
/// </summary>
public sealed class SecretValues
{
    // Shorter ones turn up by chance, and masking them would spoil what is shown.
    private const int ShortestValue = 6;

    private readonly string[] _values;

    internal SecretValues(IEnumerable<string> values) => _values =
    [
        // The longest first: of two that begin alike, the shorter must not leave the rest of the longer.
        .. values.Select(static value => value.Trim())
            .Where(static value => value.Length >= ShortestValue)
            .Distinct(StringComparer.Ordinal)
            .OrderByDescending(static value => value.Length),
    ];

    /// <summary>No secrets but those that can be told by what they look like.</summary>
    public static SecretValues None { get; } = new([]);

    /// <summary>A text with all secrets masked: those that are known, and what looks like one.</summary>
    public string Redact(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        foreach (var value in _values)
            text = text.Replace(value, SecretShapes.Mask, StringComparison.Ordinal);
        return SecretShapes.Redact(text);
    }

    /// <summary>An error with all secrets masked.</summary>
    public MessageError Redact(MessageError error)
    {
        ArgumentNullException.ThrowIfNull(error);
        var data = error.Data;
        return error with
        {
            Data = data with
            {
                Message = data.Message is { } message ? Redact(message) : null,
                ResponseBody = data.ResponseBody is { } body ? Redact(body) : null,
                ResponseHeaders = Redact(data.ResponseHeaders),
                Metadata = Redact(data.Metadata),
            },
        };
    }

    private Dictionary<string, string>? Redact(IReadOnlyDictionary<string, string>? texts) =>
        texts?.ToDictionary(static pair => pair.Key, pair => Redact(pair.Value));
}
