using Capstan.Contract;
using Capstan.Engine.Configuration;
using Capstan.Engine.Workspaces;

namespace Capstan.Engine.Tests.Simulation;

/// <summary>The one workspace of all histories: loaded once, of no files, with one model.</summary>
internal static class SimulatedWorkspace
{
    /// <summary>It must be there: to a session whose directory is gone no prompt is admitted. Always the same, so that none are left behind.</summary>
    public static string Directory { get; } =
        System.IO.Directory.CreateDirectory(Path.Combine(Path.GetTempPath(), "capstan-simulation")).FullName;

    private const string Config =
        """
        {
          "model": "simulated/model",
          "small_model": "simulated/model",
          "provider": {
            "simulated": {
              "npm": "@ai-sdk/openai-compatible",
              "options": { "baseURL": "http://model.invalid/v1" },
              "models": { "model": {} }
            }
          }
        }
        """;

    public static ProcessEnvironment Environment { get; } = new(new Dictionary<string, string>
    {
        ["HOME"] = "/simulated/home",
        ["OPENCODE_CONFIG_CONTENT"] = Config,
        ["OPENCODE_DISABLE_PROJECT_CONFIG"] = "1",
        ["OPENCODE_DISABLE_CLAUDE_CODE"] = "1",
    });

    public static ConfigPaths Paths { get; } = ConfigPaths.From(Environment) with { Managed = "/simulated/managed" };

    public static ModelRef Model { get; } = new("simulated", "model");

    public static Task<Workspace> Loaded { get; } =
        new WorkspaceLoader(Paths, Environment, new HttpClient(), TimeProvider.System).LoadAsync(Directory, CancellationToken.None);
}
