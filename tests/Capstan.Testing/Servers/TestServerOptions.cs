using Capstan.Engine;
using Capstan.Server;
using Capstan.Testing.Models;
using Capstan.Testing.Workspaces;

namespace Capstan.Testing.Servers;

/// <summary>How a <see cref="TestServer"/> is set up. Everything has a default that works.</summary>
public sealed record TestServerOptions
{
    /// <summary>How the model answers.</summary>
    public ScriptedModelOptions Model { get; init; } = new();

    /// <summary>What the workspace starts with.</summary>
    public TestWorkspaceOptions Workspace { get; init; } = new();

    /// <summary>Further environment variables.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();

    /// <summary>A last hand on the engine's options.</summary>
    public Func<EngineOptions, EngineOptions> Engine { get; init; } = static options => options;

    /// <summary>A last hand on the server's options.</summary>
    public Func<ServerOptions, ServerOptions> Server { get; init; } = static options => options;
}
