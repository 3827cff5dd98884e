using Capstan.Contract;

namespace Capstan.Engine.Configuration.Redaction;

/// <summary>
/// The secrets that a workspace uses, by value. Each is masked wherever it turns up in what people are shown, such as a
/// provider's error that repeats the key. As it holds the secrets, this object is never shown itself.
/// </summary>
public sealed class SecretValues
{
    // Shorter values also occur by chance, and masking them would spoil texts.
    private const int ShortestValue = 6;

    private readonly string[] _values;

    internal SecretValues(IEnumerable<string> values) => _values =
    [
        // The longest come first: where a secret is the beginning of a longer
        // one, masking it first would leave the longer one's end in the text.
        .. values.Select(static value => value.Trim())
            .Where(static value => value.Length >= ShortestValue)
            .Distinct(StringComparer.Ordinal)
            .OrderByDescending(static value => value.Length),
    ];

    /// <summary>Masks only secrets that can be told by what they look like.</summary>
    public static SecretValues None { get; } = new([]);

    /// <summary>Returns a text with all secrets masked: the known ones, and whatever looks like a secret.</summary>
    public string Redact(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        foreach (var value in _values)
            text = text.Replace(value, SecretShapes.Mask, StringComparison.Ordinal);
        return SecretShapes.Redact(text);
    }

    /// <summary>Returns an error with all secrets masked.</summary>
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
