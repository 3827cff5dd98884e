using System.Diagnostics;
using System.Text.Json.Nodes;

namespace Capstan.Testing.Workspaces;

/// <summary>
/// A directory of its own for one test, configured so that provider <c>fake</c>, model <c>echo</c>, is a scripted model.
/// Prices are 1 in, 2 out and 0.5 for cached input per million, so a step with the default usage costs 0.00012.
/// </summary>
public sealed class TestWorkspace : IDisposable
{
    private readonly DirectoryInfo _root;

    private TestWorkspace(DirectoryInfo root) => _root = root;

    /// <summary>The absolute path.</summary>
    public string Directory => _root.FullName;

    /// <summary>Creates a workspace.</summary>
    /// <param name="model">Base address of the model; null leaves the configuration file out altogether.</param>
    public static async Task<TestWorkspace> CreateAsync(
        Uri? model, TestWorkspaceOptions? options = null, CancellationToken cancellationToken = default)
    {
        options ??= new();
        var workspace = new TestWorkspace(System.IO.Directory.CreateTempSubdirectory("capstan-test-"));
        foreach (var (path, text) in options.Files)
            workspace.Write(path, text);
        if (model is not null)
            workspace.Write("opencode.json", Configuration(model, options).ToJsonString(new() { WriteIndented = true }));
        if (options.Git)
            await workspace.InitialiseGitAsync(options.Files.Keys, cancellationToken);
        return workspace;
    }

    /// <summary>The absolute path of a file in the workspace.</summary>
    public string PathOf(string relative) => Path.Combine(Directory, relative);

    /// <summary>Writes a file, with the directories that it needs.</summary>
    public void Write(string relative, string text)
    {
        var path = PathOf(relative);
        System.IO.Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
    }

    /// <summary>Reads a file.</summary>
    public string Read(string relative) => File.ReadAllText(PathOf(relative));

    /// <summary>Runs git in the workspace and returns what it printed.</summary>
    /// <exception cref="InvalidOperationException">git failed.</exception>
    public async Task<string> GitAsync(IReadOnlyList<string> arguments, CancellationToken cancellationToken = default)
    {
        var start = new ProcessStartInfo("git", arguments)
        {
            WorkingDirectory = Directory,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };

        // The machine's own git configuration must not reach into a test.
        foreach (var (name, value) in new[]
        {
            ("GIT_CONFIG_GLOBAL", "/dev/null"), ("GIT_CONFIG_NOSYSTEM", "1"),
            ("GIT_AUTHOR_NAME", "test"), ("GIT_AUTHOR_EMAIL", "test@example.invalid"), ("GIT_AUTHOR_DATE", "2026-01-01T00:00:00Z"),
            ("GIT_COMMITTER_NAME", "test"), ("GIT_COMMITTER_EMAIL", "test@example.invalid"), ("GIT_COMMITTER_DATE", "2026-01-01T00:00:00Z"),
        })
            start.Environment[name] = value;

        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync(cancellationToken);
        var error = process.StandardError.ReadToEndAsync(cancellationToken);
        await process.WaitForExitAsync(cancellationToken);
        return process.ExitCode == 0
            ? await output
            : throw new InvalidOperationException($"git {string.Join(' ', arguments)}: {await error}");
    }

    /// <summary>Removes the directory. A file that a stray process still holds is left to the machine's own cleaning.</summary>
    public void Dispose()
    {
        try
        {
            _root.Delete(recursive: true);
        }
        catch (IOException)
        {
        }
        catch (UnauthorizedAccessException)
        {
        }
    }

    private static JsonObject Configuration(Uri model, TestWorkspaceOptions options)
    {
        // With the schema named, no server has a reason to rewrite the file.
        var configuration = JsonNode.Parse($$"""
            {
              "$schema": "https://opencode.ai/config.json",
              "model": "fake/echo",
              "small_model": "fake/echo",
              "provider": {
                "fake": {
                  "npm": "@ai-sdk/openai-compatible",
                  "name": "Fake",
                  "options": { "baseURL": "{{model}}", "apiKey": "sk-fake" },
                  "models": {
                    "echo": {{Model("Echo", reasoning: false)}},
                    "think": {{Model("Think", reasoning: true)}},
                    "gpt-5-fake": {{Model("Patch", reasoning: false)}}
                  }
                }
              }
            }
            """)!.AsObject();
        if (options.Permission is { } permission)
            configuration["permission"] = JsonNode.Parse(permission);
        options.Configure?.Invoke(configuration);
        return configuration;
    }

    private static string Model(string name, bool reasoning) => $$"""
        {
          "name": "{{name}}", "tool_call": true, "reasoning": {{(reasoning ? "true" : "false")}},
          "limit": { "context": 100000, "output": 8000 },
          "cost": { "input": 1, "output": 2, "cache_read": 0.5 }
        }
        """;

    private async Task InitialiseGitAsync(IEnumerable<string> files, CancellationToken cancellationToken)
    {
        await GitAsync(["init", "--quiet", "--initial-branch=main"], cancellationToken);
        await GitAsync(["add", "--", .. files], cancellationToken);
        await GitAsync(["commit", "--quiet", "--allow-empty", "--message", "first"], cancellationToken);
    }
}
