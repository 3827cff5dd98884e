using System.Text.Json.Nodes;

namespace Capstan.Testing.Workspaces;

/// <summary>What a <see cref="TestWorkspace"/> starts with.</summary>
public sealed record TestWorkspaceOptions
{
    /// <summary>Makes it a git repository with one commit of <see cref="Files"/>.</summary>
    public bool Git { get; init; } = true;

    /// <summary>Files to write, by relative path. The default is the <c>hello.txt</c> of the captures.</summary>
    public IReadOnlyDictionary<string, string> Files { get; init; } =
        new Dictionary<string, string> { ["hello.txt"] = "line one\nline two\nline three\n" };

    /// <summary>The <c>permission</c> block of the configuration, as JSON text; null leaves it out.</summary>
    public string? Permission { get; init; }

    /// <summary>A last hand on the configuration before it is written.</summary>
    public Action<JsonObject>? Configure { get; init; }
}
