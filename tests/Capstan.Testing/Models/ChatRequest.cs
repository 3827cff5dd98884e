using System.Text.Json;
using System.Text.RegularExpressions;

namespace Capstan.Testing.Models;

/// <summary>
/// What the scripted model needs to know of a chat completions request. The script is the one named by the newest user
/// text that carries <c>[script:NAME]</c>. The step is the number of assistant messages after that message, a trailing
/// one (a prefill) included: it is how the captures were made, and it survives retries, restarts and history rewrites,
/// because it depends on nothing but the request.
/// </summary>
internal sealed partial class ChatRequest
{
    public ChatRequest(JsonElement body)
    {
        Body = body;
        HasTools = body.TryGetProperty("tools", out var tools) && tools.ValueKind == JsonValueKind.Array && tools.GetArrayLength() > 0;
        if (!body.TryGetProperty("messages", out var messages) || messages.ValueKind != JsonValueKind.Array)
            return;

        foreach (var message in messages.EnumerateArray())
        {
            switch (message.TryGetProperty("role", out var role) ? role.GetString() : null)
            {
                case "system" or "developer":
                    System += TextOf(message);
                    break;
                case "assistant":
                    Step++;
                    break;
                case "user":
                    UserText = TextOf(message);
                    if (Marker().Match(UserText) is { Success: true } match)
                    {
                        Script = match.Groups[1].Value;
                        Step = 0;
                    }

                    break;
            }
        }
    }

    public JsonElement Body { get; }

    public bool HasTools { get; }

    public string System { get; } = "";

    public string UserText { get; } = "";

    public string? Script { get; }

    public int Step { get; }

    /// <summary>Only calls without tools can be helpers; which one, their system prompt tells.</summary>
    public ModelCallKind Kind => this switch
    {
        { HasTools: true } => ModelCallKind.Turn,
        _ when System.Contains("title", StringComparison.OrdinalIgnoreCase) => ModelCallKind.Title,
        _ when System.Contains("summar", StringComparison.OrdinalIgnoreCase) => ModelCallKind.Summary,
        _ => ModelCallKind.Turn,
    };

    private static string TextOf(JsonElement message)
    {
        if (!message.TryGetProperty("content", out var content))
            return "";
        return content.ValueKind switch
        {
            JsonValueKind.String => content.GetString()!,
            JsonValueKind.Array => string.Join('\n', content.EnumerateArray()
                .Select(part => part.TryGetProperty("text", out var text) ? text.GetString() : null)
                .Where(text => text is not null)),
            _ => "",
        };
    }

    [GeneratedRegex(@"\[script:([^\]]+)\]", RegexOptions.RightToLeft)]
    private static partial Regex Marker();
}
