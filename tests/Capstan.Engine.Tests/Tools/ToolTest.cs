using System.Text.Json;
using System.Text.Json.Nodes;
using Capstan.Engine.Configuration;
using Capstan.Engine.Tools;
using Xunit;

namespace Capstan.Engine.Tests.Tools;

/// <summary>A workspace in a directory of its own, with another directory outside of it.</summary>
public abstract class ToolTest : IDisposable
{
    private readonly string _top = Directory.CreateTempSubdirectory("capstan-tools-").FullName;

    protected ToolTest()
    {
        Root = Directory.CreateDirectory(Path.Combine(_top, "work")).FullName;
        Outside = Directory.CreateDirectory(Path.Combine(_top, "outside")).FullName;
        Context = new RecordingContext
        {
            SessionID = "ses_1", MessageID = "msg_1", CallID = "call_1", ProcessMark = _top, Agent = "build",
            Directory = Root, Worktree = Root, Limits = new ToolLimits(), OutputDirectory = Outside,
        };
    }

    internal RecordingContext Context { get; }

    protected string Root { get; }

    protected string Outside { get; }

    protected static CancellationToken Cancel => TestContext.Current.CancellationToken;

    protected string Put(string name, string content)
    {
        var path = Path.Combine(Root, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, content);
        return path;
    }

    protected string Text(string name) => File.ReadAllText(Path.Combine(Root, name));

    internal Task<ToolResult> RunAsync(string tool, JsonObject input, CancellationToken? cancel = null) =>
        RunAsync(BuiltInTools.Create(TimeProvider.System, "/bin/bash").Single(one => one.Definition.ID == tool), input, cancel);

    internal Task<ToolResult> RunAsync(ITool tool, JsonObject input, CancellationToken? cancel = null)
    {
        using var document = JsonDocument.Parse(input.ToJsonString());
        Assert.Null(ToolArguments.Check(tool.Definition, document.RootElement));
        return tool.ExecuteAsync(document.RootElement.Clone(), Context, cancel ?? Cancel);
    }

    public void Dispose()
    {
        Directory.Delete(_top, recursive: true);
        GC.SuppressFinalize(this);
    }
}
