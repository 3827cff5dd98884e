using System.Text.Json.Nodes;

namespace Capstan.Engine.Configuration;

/// <summary>The values that <c>{env:…}</c> and <c>{file:…}</c> stood for in the files of one configuration.</summary>
internal sealed class ReferencedValues
{
    // Keys whose values everybody sees anyway: names, addresses (in which secrets are found by their form), texts for models.
    private static readonly HashSet<string> Open = new(StringComparer.Ordinal)
    {
        "model", "small_model", "default_agent", "username", "shell", "baseURL", "api", "url", "name", "id", "npm", "family",
        "description", "prompt", "template", "instructions", "mode", "color", "variant", "agent", "$schema",
    };

    private readonly HashSet<string> _values = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _variables = new(StringComparer.Ordinal);
    private readonly HashSet<string> _secretVariables = new(StringComparer.Ordinal);

    /// <summary>The variables whose values stood where a secret may stand. Empty before <see cref="Secret"/> has run.</summary>
    public IReadOnlyCollection<string> SecretVariables => _secretVariables;

    /// <summary>Remembers a value.</summary>
    public void Add(string value)
    {
        if (value.Length > 0)
            _values.Add(value);
    }

    /// <summary>Remembers the value of a variable.</summary>
    public void Add(string variable, string value)
    {
        Add(value);
        if (value.Length > 0)
            _variables[variable] = value;
    }

    /// <summary>
    /// Finds the values that stood where a secret may stand, by comparing the
    /// settings in force with those that clients are shown.
    /// </summary>
    public IEnumerable<string> Secret(JsonObject merged, JsonObject shown)
    {
        var found = new List<string>();
        Collect(merged, shown, found);
        return found;
    }

    private void Collect(JsonNode? meant, JsonNode? shown, List<string> found)
    {
        switch (meant)
        {
            case JsonObject map:
                foreach (var (key, value) in map)
                {
                    if (!Open.Contains(key) || value is JsonObject)
                        Collect(value, (shown as JsonObject)?[key], found);
                }

                break;
            case JsonArray list:
                for (var i = 0; i < list.Count; i++)
                    Collect(list[i], shown is JsonArray other && i < other.Count ? other[i] : null, found);
                break;
            default:
                if (meant.AsText() is { } text && text != shown.AsText())
                {
                    found.AddRange(_values.Where(value => text.Contains(value, StringComparison.Ordinal)).Append(text));
                    _secretVariables.UnionWith(
                        _variables.Where(variable => text.Contains(variable.Value, StringComparison.Ordinal)).Select(static variable => variable.Key));
                }

                break;
        }
    }
}
