using System.Diagnostics;

namespace Capstan.Bench.Servers;

/// <summary>A home of its own for one server (HOME, XDG directories, TMPDIR) and the workspace that it is started in.</summary>
internal sealed class ServerHome
{
    private readonly string _root;

    private const int SourceFiles = 200;
    private const int FilesEach = 100;

    /// <summary>Makes the directories, and the workspace: a git repository with some files and an <c>opencode.json</c>, all committed.</summary>
    public ServerHome(string root, Uri model)
    {
        _root = root;
        Workspace = Path.Combine(root, "workspace");
        foreach (var directory in (string[])["home", "data", "config", "state", "cache", "tmp", "workspace"])
            Directory.CreateDirectory(Path.Combine(root, directory));
        File.WriteAllText(Path.Combine(Workspace, "opencode.json"), Configuration(model));
        WriteFiles("src", SourceFiles);
        Git("init", "--quiet", "--initial-branch=main");
        Git("add", "--all");
        Git("-c", "user.name=bench", "-c", "user.email=bench@example.invalid", "commit", "--quiet", "--message", "first");
    }

    /// <summary>Adds files that git does not know yet.</summary>
    public void AddNewFiles(int count) => WriteFiles("generated", count);

    /// <summary>The directory that the server is started in and asked about.</summary>
    public string Workspace { get; }

    /// <summary>A directory of the workspace.</summary>
    public string Subdirectory => Path.Combine(Workspace, "src");

    /// <summary>Where the server's output goes.</summary>
    public string Log => Path.Combine(_root, "server.log");

    /// <summary>Points a server at this home. Nothing else of the caller's environment is passed on.</summary>
    public void Apply(ProcessStartInfo start)
    {
        var inherited = (string[])["PATH", "LANG", "DOTNET_ROOT"];
        foreach (var name in start.Environment.Keys.Except(inherited).ToList())
            start.Environment.Remove(name);
        start.Environment["HOME"] = Path.Combine(_root, "home");
        start.Environment["TMPDIR"] = Path.Combine(_root, "tmp");
        start.Environment["XDG_DATA_HOME"] = Path.Combine(_root, "data");
        start.Environment["XDG_CONFIG_HOME"] = Path.Combine(_root, "config");
        start.Environment["XDG_STATE_HOME"] = Path.Combine(_root, "state");
        start.Environment["XDG_CACHE_HOME"] = Path.Combine(_root, "cache");
        start.WorkingDirectory = Workspace;
    }

    private void WriteFiles(string folder, int count)
    {
        for (var i = 0; i < count; i++)
        {
            var directory = Path.Combine(Workspace, folder, $"part{i / FilesEach:000}");
            if (i % FilesEach == 0)
                Directory.CreateDirectory(directory);
            File.WriteAllText(Path.Combine(directory, $"file{i:00000}.txt"), string.Concat(Enumerable.Range(0, 10).Select(line => $"line {line} of file {i}\n")));
        }
    }

    private void Git(params string[] arguments)
    {
        var start = new ProcessStartInfo("git", arguments);
        Apply(start);
        using var git = Process.Start(start) ?? throw new InvalidOperationException("git did not start.");
        git.WaitForExit();
        if (git.ExitCode != 0)
            throw new InvalidOperationException($"git {string.Join(' ', arguments)} ended with {git.ExitCode}.");
    }

    // $schema is there because OpenCode rewrites a file that lacks it.
    private static string Configuration(Uri model) =>
        $$"""
        {
          "$schema": "https://opencode.ai/config.json",
          "model": "fake/echo",
          "small_model": "fake/echo",
          "enabled_providers": ["fake"],
          "permission": "allow",
          "share": "disabled",
          "autoupdate": false,
          "provider": {
            "fake": {
              "name": "Fake",
              "npm": "@ai-sdk/openai-compatible",
              "options": { "baseURL": "{{model.AbsoluteUri}}", "apiKey": "none" },
              "models": { "echo": { "name": "Echo", "tool_call": true } }
            }
          }
        }

        """;
}
