using Capstan.Contract;
using Capstan.Engine.Models;
using Microsoft.Extensions.AI;

namespace Capstan.Engine.Turns;

/// <summary>
/// Converts stored messages into the messages that a model is sent. Each tool call is followed by a result, because providers
/// require one; a call without a result is given one that says so.
/// </summary>
internal static class ModelHistory
{
    /// <summary>Appends one stored message.</summary>
    public static void Append(List<ChatMessage> messages, MessageInfo info, IReadOnlyList<Part> parts, ModelInfo model)
    {
        if (info is UserMessage)
            AppendUser(messages, parts);
        else if (info is AssistantMessage assistant && IsShown(assistant, parts))
            AppendAssistant(messages, assistant, parts, model);
    }

    /// <summary>Whether both are the same model of the same provider, so that either may be sent the other's reasoning.</summary>
    public static bool IsSame(ModelInfo one, ModelInfo other) => one.ID == other.ID && one.ProviderID == other.ProviderID;

    /// <summary>
    /// Whether the model is sent a message. A step that failed is left out; a step that was aborted or interrupted is kept for
    /// the text and the tool calls that it came to.
    /// </summary>
    private static bool IsShown(AssistantMessage message, IReadOnlyList<Part> parts) =>
        message.Error is null
        || (message.Error.Name == "MessageAbortedError" && parts.Any(static part => part is not (StepStartPart or ReasoningPart)));

    private static void AppendUser(List<ChatMessage> messages, IReadOnlyList<Part> parts)
    {
        var contents = new List<AIContent>();
        foreach (var part in parts)
        {
            switch (part)
            {
                case TextPart { Ignored: not true, Text.Length: > 0 } text:
                    contents.Add(new TextContent(text.Text));
                    break;
                // Text files and directories are left out here: admission has added their text as synthetic text parts beside
                // them.
                case FilePart { Mime: not ("text/plain" or "application/x-directory") } file:
                    contents.Add(Media(file.Mime, file.Url, file.Filename));
                    break;
                case CompactionPart:
                    contents.Add(new TextContent("What have we done so far?"));
                    break;
                case SubtaskPart subtask:
                    contents.Add(new TextContent($"The user asked for the subagent {subtask.Agent}: {subtask.Description}"));
                    break;
            }
        }

        if (contents.Count > 0)
            messages.Add(new ChatMessage(ChatRole.User, contents));
    }

    private static void AppendAssistant(
        List<ChatMessage> messages, AssistantMessage message, IReadOnlyList<Part> parts, ModelInfo model)
    {
        var said = new List<AIContent>();
        var results = new List<AIContent>();
        var media = new List<AIContent>();
        var isSameModel = message.ModelID == model.ID && message.ProviderID == model.ProviderID;
        foreach (var part in parts)
        {
            switch (part)
            {
                case TextPart { Ignored: not true, Text.Length: > 0 } text:
                    said.Add(new TextContent(text.Text));
                    break;
                case ReasoningPart reasoning when isSameModel && (reasoning.Text.Length > 0 || reasoning.Metadata is not null):
                    said.Add(new TextReasoningContent(reasoning.Text) { ProtectedData = ReasoningMetadata.Read(reasoning.Metadata) });
                    break;
                case ToolPart tool:
                    said.Add(new FunctionCallContent(tool.CallID, tool.Tool, ToolCallArguments.Of(tool.State.Input)));
                    results.Add(new FunctionResultContent(tool.CallID, Result(tool.State)));
                    if (tool.State is ToolState.Completed { Attachments: { } attachments })
                        media.AddRange(attachments.Select(static file => Media(file.Mime, file.Url, file.Filename)));
                    break;
            }
        }

        if (said.Count > 0)
            messages.Add(new ChatMessage(ChatRole.Assistant, said));
        if (results.Count > 0)
            messages.Add(new ChatMessage(ChatRole.Tool, results));
        if (media.Count > 0)
            messages.Add(new ChatMessage(ChatRole.User, [new TextContent("The files that the tools returned:"), .. media]));
    }

    private static string Result(ToolState state) => state switch
    {
        ToolState.Completed { Time.Compacted: not null } => "[This output was cleared to save context.]",
        ToolState.Completed completed => completed.Output,
        ToolState.Error error => error.Message,
        _ => "The call was interrupted; it has no result.",
    };

    private static AIContent Media(string mime, string url, string? name) =>
        mime.StartsWith("image/", StringComparison.Ordinal) || mime.StartsWith("audio/", StringComparison.Ordinal)
            ? url.StartsWith("data:", StringComparison.Ordinal) ? new DataContent(url, mime) : new UriContent(url, mime)
            : new TextContent($"[A file of type {mime}{(name is null ? "" : $", {name},")} was attached; this model cannot read it.]");
}
