using System.Buffers;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Capstan.Engine.Configuration.Description;

/// <summary>The kinds of values that several keys have.</summary>
internal static class Kinds
{
    private static readonly string[] Colors = ["primary", "secondary", "accent", "success", "warning", "error", "info"];
    private static readonly SearchValues<char> Hexadecimal = SearchValues.Create("0123456789abcdefABCDEF");

    /// <summary>Whatever JSON can say.</summary>
    public static KeyKind Any { get; } = new PlainKind("any value", static _ => true);

    public static KeyKind Text { get; } = new PlainKind("a string", static value => value.AsText() is not null);

    public static KeyKind Flag { get; } =
        new PlainKind("true or false", static value => value.GetValueKind() is JsonValueKind.True or JsonValueKind.False);

    public static KeyKind False { get; } = new PlainKind("false", static value => value.GetValueKind() == JsonValueKind.False);

    public static KeyKind Number { get; } = new PlainKind("a number", static value => value.AsNumber() is not null);

    public static KeyKind Whole { get; } = new PlainKind("a whole number", static value => value.AsWhole() is not null);

    public static KeyKind Texts { get; } = new PlainKind(
        "a list of strings", static value => value is JsonArray list && list.All(static item => item.AsText() is not null));

    /// <summary>A time after which a request is given up.</summary>
    public static KeyKind Timeout { get; } = new PlainKind(
        "a positive number of milliseconds or false", static value => value.GetValueKind() == JsonValueKind.False || value.AsNumber() > 0);

    public static KeyKind Color { get; } = new PlainKind($"#rrggbb or one of {string.Join(", ", Colors)}", IsColor);

    /// <summary>What a permission says of one pattern.</summary>
    public static KeyKind Action { get; } = new PlainKind("ask, allow or deny", static value => value.AsText() is "ask" or "allow" or "deny");

    /// <summary>An object whose keys are not known, because it is handed on to something else.</summary>
    public static ObjectKind Free { get; } = new([]);

    public static KeyKind Choice(params string[] choices) =>
        new PlainKind($"one of {string.Join(", ", choices)}", value => choices.Contains(value.AsText()));

    public static KeyKind WholeFrom(int least, int most = int.MaxValue) => new PlainKind(
        $"a whole number from {least}{(most == int.MaxValue ? "" : $" to {most}")}",
        value => value.AsNumber() is { } number && number >= least && number <= most && double.IsInteger(number));

    public static ObjectKind Object(params IReadOnlyList<ConfigKey> keys) => new(keys);

    /// <summary>An object whose keys are names that people choose.</summary>
    public static ObjectKind Named(KeyKind entry) => new([]) { Others = entry };

    /// <summary>A list of objects, of which a place in a file names only the list.</summary>
    public static KeyKind ListOf(string words, ObjectKind item) =>
        new PlainKind(words, value => value is JsonArray list && list.All(entry => entry is not null && ConfigCheck.Of(entry, item).Count == 0))
        {
            Within = item,
        };

    private static bool IsColor(JsonNode value) => value.AsText() is { } text
        && (Colors.Contains(text) || (text.Length == 7 && text[0] == '#' && !text.AsSpan(1).ContainsAnyExcept(Hexadecimal)));
}
