using Capstan.Engine;
using Capstan.Engine.Workspaces;
using Capstan.Server.Requests;
using Microsoft.AspNetCore.Http;

namespace Capstan.Server;

/// <summary>The objects that every route uses.</summary>
internal sealed record ServerContext(CapstanEngine Engine, ServerOptions Options, CancellationToken Stopping)
{
    /// <summary>
    /// The directory of a request: the query's, the header's, or the server's own. It is
    /// percent-decoded once more, because clients send both forms. A session's own directory
    /// takes precedence over all of these; routes of sessions read it from the session.
    /// </summary>
    /// <exception cref="InvalidDirectoryException">The request names a path that is no directory.</exception>
    public string DirectoryOf(HttpContext http)
    {
        string? named = http.Request.Query["directory"];
        if (string.IsNullOrEmpty(named))
            named = http.Request.Headers["x-opencode-directory"];
        if (string.IsNullOrEmpty(named))
            return Options.Directory;
        var text = Uri.UnescapeDataString(named);
        if (text.Contains('\0', StringComparison.Ordinal))
            throw new InvalidDirectoryException("The directory holds a NUL character");
        var path = Path.TrimEndingDirectorySeparator(Path.GetFullPath(text, Options.Directory));
        // Without this check a mistyped path would become an empty workspace, with sessions whose directory does not exist.
        return Directory.Exists(path) ? path : throw new InvalidDirectoryException($"There is no such directory: {path}");
    }

    /// <summary>Returns the workspace of a request's directory.</summary>
    /// <exception cref="Engine.Configuration.ConfigException">The workspace's configuration cannot be used.</exception>
    public Task<Workspace> WorkspaceOfAsync(HttpContext http) =>
        Engine.Workspaces.GetAsync(DirectoryOf(http), http.RequestAborted);
}
