using System.Text.Json.Nodes;
using Capstan.Engine.Configuration.Redaction;
using Capstan.Engine.Names;

namespace Capstan.Engine.Configuration.Description;

/// <summary>Compares values with their description and lists what is wrong, in the order of the file.</summary>
internal sealed class ConfigCheck
{
    private const int LongestShown = 200;

    private readonly List<ConfigIssue> _issues = [];
    private readonly List<string> _place = [];

    private JsonObject? _shown;
    private bool _isMerged;

    /// <summary>Checks a value.</summary>
    /// <param name="value">The value.</param>
    /// <param name="kind">What it must be.</param>
    /// <param name="shown">
    /// The same value as clients may be shown it; messages repeat what is wrong only if it is the same here. Null where all may
    /// be shown.
    /// </param>
    public static IReadOnlyList<ConfigIssue> Of(JsonNode value, KeyKind kind, JsonObject? shown = null)
    {
        var check = new ConfigCheck { _shown = shown };
        check.Value(value, kind, mayBeNull: false);
        return check._issues;
    }

    /// <summary>Checks Capstan's own settings when all files are merged.</summary>
    /// <param name="capstan">The value of the key <c>capstan</c>.</param>
    public static IReadOnlyList<ConfigIssue> OfSettings(JsonObject capstan)
    {
        var check = new ConfigCheck { _isMerged = true };
        check._place.Add(CapstanKeys.Root.Name);
        check.Value(capstan, CapstanKeys.Kind, mayBeNull: false);
        return check._issues;
    }

    private void Value(JsonNode? value, KeyKind kind, bool mayBeNull)
    {
        switch (value, kind)
        {
            case (null, _):
                if (!mayBeNull && kind != Kinds.Any)
                    Expect(kind, null);
                break;
            case (JsonObject map, ObjectKind known):
                Members(map, known);
                break;
            case (JsonObject map, EitherKind { OnlyObject: { } known }):
                Members(map, known);
                break;
            case (_, LimitKind limit) when value.AsWhole() is { } number:
                if (!limit.Holds(number))
                    Add($"must be from {limit.Least} to {limit.Most}");
                break;
            default:
                if (!kind.Fits(value))
                    Expect(kind, value);
                break;
        }
    }

    private void Members(JsonObject map, ObjectKind kind)
    {
        foreach (var (name, value) in map)
        {
            _place.Add(name);
            if (kind[name] is { } key)
                Value(value, key.Kind, key.MayBeNull);
            else if (kind.Others is { } others)
                Value(value, others, mayBeNull: false);
            else if (kind.IsClosed)
                Add(Unknown(name, kind));
            _place.RemoveAt(_place.Count - 1);
        }

        // Capstan's own settings may be spread over several files, so of them nothing is missed in one alone.
        if (kind.IsClosed && !_isMerged)
            return;
        foreach (var key in kind.Keys)
        {
            if (key.IsRequired && !map.ContainsKey(key.Name))
                _issues.Add(new ConfigIssue([.. _place, key.Name], "Missing key"));
        }
    }

    private static string Unknown(string name, ObjectKind kind)
    {
        var known = kind.Keys.Select(static key => key.Name);
        var hint = NearestName.Find(name, known) is { } nearest ? $"Did you mean \"{nearest}\"?" : $"Known are {string.Join(", ", known)}.";
        return $"There is no such key. {hint}";
    }

    private void Expect(KeyKind kind, JsonNode? found) => Add($"Expected {kind.Words}, got {Given(found)}");

    private void Add(string message) => _issues.Add(new ConfigIssue([.. _place], message));

    private string Given(JsonNode? found)
    {
        if (found is null)
            return "null";
        // A value under such a name may be a secret, whatever its type, and so may a value that came from a reference.
        if (_place.Exists(SecretNames.IsSecret) || !IsShownAs(found))
            return "something else";
        var text = ConfigRedaction.Of(found)!.ToJsonString();
        return text.Length > LongestShown ? text[..LongestShown] + "…" : text;
    }

    private bool IsShownAs(JsonNode found)
    {
        if (_shown is null)
            return true;
        JsonNode? at = _shown;
        foreach (var key in _place)
            at = (at as JsonObject)?[key];
        return JsonNode.DeepEquals(at, found);
    }
}
