using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Capstan.Contract;
using Capstan.Engine.Permissions;

namespace Capstan.Engine.Tools.Todo;

/// <summary>Replaces the session's task list.</summary>
internal sealed class TodoWriteTool : ITool
{
    private static readonly JsonWriterOptions Indented = new()
    {
        Indented = true, NewLine = "\n", Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    public ToolDefinition Definition { get; } = new(
        "todowrite",
        """
        Keeps the list of tasks that the user sees for this session. Each call replaces the whole list.

        - Use it for work of three steps or more, or when the user gives several tasks; not for a single plain one.
        - Write the list when you have understood the work. Set a task to in_progress when you begin it, only one at a time, and to completed as soon as it is done; use cancelled for what is no longer wanted.
        - A task is completed only when nothing of it is missing. Add tasks that you find on the way.
        """,
        ToolSchema.Parse("""
        {
          "$schema": "https://json-schema.org/draft/2020-12/schema",
          "type": "object",
          "properties": {
            "todos": {
              "type": "array",
              "description": "The whole list, in order.",
              "items": {
                "type": "object",
                "properties": {
                  "content": { "type": "string", "description": "What is to be done, in a short sentence." },
                  "status": { "type": "string", "description": "pending, in_progress, completed or cancelled." },
                  "priority": { "type": "string", "description": "high, medium or low." }
                },
                "required": ["content", "status", "priority"]
              }
            }
          },
          "required": ["todos"]
        }
        """),
        HasSideEffects: true);

    public async Task<ToolResult> ExecuteAsync(JsonElement input, ToolContext context, CancellationToken cancellationToken)
    {
        await context.AskAsync(new PermissionAsk("todowrite", ["*"], ["*"], new JsonObject()), cancellationToken);
        TodoItem[] todos = [.. input.GetProperty("todos").EnumerateArray()
            .Select(item => new TodoItem(item.Text("content"), item.Text("status"), item.Text("priority")))];
        await context.SetTodosAsync(todos, cancellationToken);

        var list = new JsonArray([.. todos.Select(todo => (JsonNode)new JsonObject
        {
            ["content"] = todo.Content,
            ["status"] = todo.Status,
            ["priority"] = todo.Priority,
        })]);
        var open = todos.Count(todo => todo.Status != "completed").ToString(CultureInfo.InvariantCulture);
        return new ToolResult($"{open} todos", Text(list), new JsonObject { ["todos"] = list, ["truncated"] = false });
    }

    private static string Text(JsonArray list)
    {
        var buffer = new System.Buffers.ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer, Indented))
        {
            list.WriteTo(writer);
        }

        return System.Text.Encoding.UTF8.GetString(buffer.WrittenSpan);
    }
}
