using System.Text;
using System.Text.Json;
using Microsoft.Extensions.AI;

namespace Capstan.Engine.Models.OpenAICompatible;

/// <summary>Puts the fragments of one tool call's arguments together, and knows when the arguments are whole.</summary>
internal sealed class ToolCallAssembly(int? index, string callID, string name)
{
    private readonly StringBuilder _arguments = new();
    private int _depth;
    private bool _isInString;
    private bool _isEscaped;
    private bool _isBalanced;
    private bool _isGiven;

    /// <summary>The call's place in the answer, where the server gives one.</summary>
    public int? Index => index;

    /// <summary>The call's identifier.</summary>
    public string CallID => callID;

    /// <summary>Adds a fragment. Only the new fragment is scanned, so long arguments cost no more than their length.</summary>
    public void Append(string fragment)
    {
        _arguments.Append(fragment);
        foreach (var character in fragment)
        {
            if (_isEscaped)
                _isEscaped = false;
            else if (_isInString && character == '\\')
                _isEscaped = true;
            else if (character == '"')
                _isInString = !_isInString;
            else if (!_isInString && character is ('{' or '['))
                _depth++;
            else if (!_isInString && character is ('}' or ']'))
                _isBalanced = --_depth == 0;
        }
    }

    /// <summary>
    /// The call, once: when its arguments are whole, or at the end of the stream with whatever arguments have arrived; null
    /// otherwise.
    /// </summary>
    public FunctionCallContent? Complete(bool isEnd)
    {
        if (_isGiven || !(_isBalanced || isEnd))
            return null;
        _isGiven = true;
        var text = _arguments.Length == 0 ? "{}" : _arguments.ToString();
        try
        {
            using var document = JsonDocument.Parse(text);
            RequireText(document.RootElement);
            return document.RootElement.ValueKind == JsonValueKind.Object
                ? new FunctionCallContent(callID, name, ToolCallArguments.Of(document.RootElement.Clone()))
                : new FunctionCallContent(callID, name) { Exception = new FormatException($"They are no object. Text: {text}") };
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            return new FunctionCallContent(callID, name) { Exception = new FormatException($"{exception.Message} Text: {text}") };
        }
    }

    // An escape can name half of a character, which is refused only when the text is written. The arguments are written here
    // once, so that they are refused here and not when they are stored.
    private static void RequireText(JsonElement element)
    {
        using var nowhere = new Utf8JsonWriter(Stream.Null);
        element.WriteTo(nowhere);
    }
}
