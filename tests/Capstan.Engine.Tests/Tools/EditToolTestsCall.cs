using System.Text.Json;
using Capstan.Engine.Configuration;
using Capstan.Engine.Tools;

namespace Capstan.Engine.Tests.Tools;

/// <summary>One of several edits that run at the same time, each with a context of its own.</summary>
internal sealed class EditToolTestsCall(ITool tool, string root, string outside)
{
    public Task<ToolResult> RunAsync(string file, string old, string @new)
    {
        var context = new RecordingContext
        {
            SessionID = "ses_1", MessageID = "msg_1", CallID = old, ProcessMark = "none", Agent = "build",
            Directory = root, Worktree = root, Limits = new ToolLimits(), OutputDirectory = outside,
        };
        using var input = JsonDocument.Parse($$"""{"filePath":"{{file}}","oldString":"{{old}}","newString":"{{@new}}"}""");
        return tool.ExecuteAsync(input.RootElement.Clone(), context, default);
    }
}
