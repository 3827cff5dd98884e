using Capstan.Engine;
using Capstan.Engine.Workspaces;
using Microsoft.AspNetCore.Http;

namespace Capstan.Server;

/// <summary>What every route works with.</summary>
internal sealed record ServerContext(CapstanEngine Engine, ServerOptions Options, CancellationToken Stopping)
{
    /// <summary>
    /// The directory of a request: the query's, the header's, or the server's own. Percent-decoded once more, because clients send
    /// both forms. A session's own directory counts more than all of these; routes of sessions read it from the session.
    /// </summary>
    public string DirectoryOf(HttpContext http)
    {
        string? named = http.Request.Query["directory"];
        if (string.IsNullOrEmpty(named))
            named = http.Request.Headers["x-opencode-directory"];
        if (string.IsNullOrEmpty(named))
            return Options.Directory;
        var path = Path.GetFullPath(Uri.UnescapeDataString(named), Options.Directory);
        return Path.TrimEndingDirectorySeparator(path);
    }

    /// <summary>The workspace of a request.</summary>
    /// <exception cref="Engine.Configuration.ConfigException">Its configuration cannot be used.</exception>
    public Task<Workspace> WorkspaceOfAsync(HttpContext http) =>
        Engine.Workspaces.GetAsync(DirectoryOf(http), http.RequestAborted);
}
