namespace Capstan.Testing.Servers;

/// <summary>A home of its own for one server, so that nothing of the machine's user reaches a test and nothing of a test the user.</summary>
internal sealed class ServerHome : IDisposable
{
    private readonly DirectoryInfo _root = Directory.CreateTempSubdirectory("capstan-home-");

    /// <summary>The variables that say where everything is.</summary>
    public Dictionary<string, string> Variables => new()
    {
        ["HOME"] = _root.FullName,
        ["XDG_CONFIG_HOME"] = Path.Combine(_root.FullName, "config"),
        ["XDG_DATA_HOME"] = Path.Combine(_root.FullName, "data"),
        ["XDG_STATE_HOME"] = Path.Combine(_root.FullName, "state"),
        ["XDG_CACHE_HOME"] = Path.Combine(_root.FullName, "cache"),
        ["TMPDIR"] = _root.CreateSubdirectory("tmp").FullName,
        ["PATH"] = Environment.GetEnvironmentVariable("PATH") ?? "",
        ["GIT_CONFIG_NOSYSTEM"] = "1",
    };

    public void Dispose()
    {
        try
        {
            _root.Delete(recursive: true);
        }
        catch (IOException)
        {
            // A process that is still dying may write once more; the machine's own cleaning takes what is left.
        }
    }
}
