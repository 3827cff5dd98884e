using System.Net;
using System.Text.Json;
using Capstan.Testing.Servers;
using Xunit;

namespace Capstan.Server.Tests.Files;

/// <summary>A server whose workspace holds what a test puts there, beside a directory that is not the workspace's.</summary>
internal sealed class FilesServer : IAsyncDisposable
{
    private FilesServer(TestServer server, DirectoryInfo outside)
    {
        Server = server;
        Outside = outside.FullName;
        File.WriteAllText(Path.Combine(Outside, "secret.txt"), "secret needle\n");
    }

    /// <summary>The server.</summary>
    public TestServer Server { get; }

    /// <summary>A directory beside the workspace; its <c>secret.txt</c> holds the word <c>secret</c>.</summary>
    public string Outside { get; }

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    /// <summary>Starts a server.</summary>
    /// <param name="files">The workspace's files, which are committed.</param>
    /// <param name="isGit">Whether the workspace is a git repository.</param>
    /// <param name="time">The server's clock; the system's where null.</param>
    public static async Task<FilesServer> StartAsync(
        IReadOnlyDictionary<string, string>? files = null, bool isGit = true, TimeProvider? time = null)
    {
        var server = await TestServer.StartAsync(
            new()
            {
                Workspace = new() { Files = files ?? new Dictionary<string, string>(), Git = isGit },
                Engine = options => time is null ? options : options with { Time = time },
            },
            Cancelled);
        // The configuration of the tests' model is no file of any test.
        File.WriteAllText(server.Workspace.PathOf(".git/info/exclude"), "/opencode.json\n");
        return new FilesServer(server, Directory.CreateTempSubdirectory("capstan-outside-"));
    }

    /// <summary>Writes a file of the workspace.</summary>
    public void Write(string path, string text) => Server.Workspace.Write(path, text);

    /// <summary>Writes a file of the workspace.</summary>
    public void Write(string path, byte[] bytes) => File.WriteAllBytes(Server.Workspace.PathOf(path), bytes);

    /// <summary>Makes a link in the workspace.</summary>
    public void Link(string path, string target) => File.CreateSymbolicLink(Server.Workspace.PathOf(path), target);

    /// <summary>Runs git in the workspace.</summary>
    public Task<string> GitAsync(params string[] arguments) => Server.Workspace.GitAsync(arguments, Cancelled);

    /// <summary>Asks for JSON.</summary>
    public Task<JsonElement> GetAsync(string path) => Server.GetAsync(path, Cancelled);

    /// <summary>Asks for JSON in a directory of the workspace.</summary>
    public async Task<JsonElement> GetAsync(string path, string directory)
    {
        using var client = Server.CreateClient(directory);
        return JsonElement.Parse(await client.GetStringAsync(new Uri(path, UriKind.Relative), Cancelled));
    }

    /// <summary>Asks for what the server has to refuse, and returns the message.</summary>
    public async Task<string> RefusedAsync(string path, HttpStatusCode status = HttpStatusCode.BadRequest, string name = "BadRequest")
    {
        var (answered, body) = await Server.AskAsync(HttpMethod.Get, path, cancellationToken: Cancelled);
        Assert.True(answered == status, $"{path} was answered {(int)answered} {body}");
        var error = JsonElement.Parse(body);
        Assert.Equal(name, error.GetProperty("name").GetString());
        return error.GetProperty("data").GetProperty("message").GetString()!;
    }

    /// <summary>Demands that a request is refused, by a message that says what is wrong and which parameter it is.</summary>
    public async Task RefusesAsync(string path, string what, string where)
    {
        var message = await RefusedAsync(path);
        Assert.Contains(what, message, StringComparison.Ordinal);
        Assert.EndsWith($"at [\"{where}\"]", message, StringComparison.Ordinal);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await Server.DisposeAsync();
        Directory.Delete(Outside, recursive: true);
    }
}
