using Capstan.Engine;
using Capstan.Engine.Workspaces;
using Capstan.Server.Requests;
using Microsoft.AspNetCore.Http;

namespace Capstan.Server;

/// <summary>What every route works with.</summary>
internal sealed record ServerContext(CapstanEngine Engine, ServerOptions Options, CancellationToken Stopping)
{
    /// <summary>
    /// The directory of a request: the query's, the header's, or the server's own. Percent-decoded once more, because clients send
    /// both forms. A session's own directory counts more than all of these; routes of sessions read it from the session.
    /// </summary>
    /// <exception cref="InvalidDirectoryException">The request names something that is no directory.</exception>
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
        // Otherwise a typing mistake would be a workspace of its own, empty, and sessions would live nowhere.
        return Directory.Exists(path) ? path : throw new InvalidDirectoryException($"There is no such directory: {path}");
    }

    /// <summary>The workspace of a request.</summary>
    /// <exception cref="Engine.Configuration.ConfigException">Its configuration cannot be used.</exception>
    public Task<Workspace> WorkspaceOfAsync(HttpContext http) =>
        Engine.Workspaces.GetAsync(DirectoryOf(http), http.RequestAborted);
}
