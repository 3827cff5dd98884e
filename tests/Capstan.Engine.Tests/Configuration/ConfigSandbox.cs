using Capstan.Engine.Configuration;

namespace Capstan.Engine.Tests.Configuration;

/// <summary>A home, a repository and a directory within it, all temporary, with an environment of their own.</summary>
internal sealed class ConfigSandbox : IDisposable
{
    private readonly DirectoryInfo _root = Directory.CreateTempSubdirectory("capstan-config-");

    public ConfigSandbox()
    {
        Variables["HOME"] = Home;
        Variables["USER"] = "tester";
        Variables["TMPDIR"] = Path.Combine(_root.FullName, "tmp");
        Directory.CreateDirectory(Inner);
    }

    public Dictionary<string, string> Variables { get; } = [];

    public string Root => _root.FullName;

    public string Home => Path.Combine(Root, "home");

    public string Global => Path.Combine(Home, ".config", "opencode");

    public string Worktree => Path.Combine(Root, "repo");

    public string Inner => Path.Combine(Worktree, "sub");

    public ProcessEnvironment Environment => new(Variables);

    public ConfigPaths Paths => ConfigPaths.From(Environment) with { Managed = Path.Combine(Root, "managed") };

    public string Write(string path, string text)
    {
        path = Path.Combine(Root, path);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
        return path;
    }

    public string WriteGlobal(string text) => Write(Path.Combine(Global, "opencode.json"), text);

    public string WriteProject(string text) => Write("repo/opencode.json", text);

    public WorkspaceConfig Load() => new ConfigLoader(Paths, Environment).Load(Inner, Worktree);

    public void Dispose() => _root.Delete(recursive: true);
}
