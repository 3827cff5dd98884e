using System.Net;
using Capstan.Engine.Tools.ApplyPatch;
using Capstan.Engine.Tools.Bash;
using Capstan.Engine.Tools.Edit;
using Capstan.Engine.Tools.Glob;
using Capstan.Engine.Tools.Grep;
using Capstan.Engine.Tools.Read;
using Capstan.Engine.Tools.Todo;
using Capstan.Engine.Tools.Webfetch;
using Capstan.Engine.Tools.Write;

namespace Capstan.Engine.Tools;

/// <summary>The tools that come with the engine.</summary>
internal static class BuiltInTools
{
    /// <summary>
    /// Creates one tool of each kind. Make one set for the whole process: the tools that change files share the locks that keep
    /// two sessions from changing the same file at once.
    /// </summary>
    /// <param name="time">The clock for timeouts.</param>
    /// <param name="shell">
    /// The shell that runs commands; where null, <c>$SHELL</c> if its grammar is known, or else <c>/bin/bash</c>.
    /// </param>
    /// <param name="pages">Fetches pages; where null, over the proxies that the environment names.</param>
    public static IReadOnlyList<ITool> Create(TimeProvider time, string? shell = null, PageFetcher? pages = null)
    {
        var locks = new FileLocks();
        return
        [
            new BashTool(time, shell),
            new ReadTool(),
            new GlobTool(),
            new GrepTool(time),
            new EditTool(locks),
            new WriteTool(locks),
            new ApplyPatchTool(locks),
            new TodoWriteTool(),
            new WebfetchTool(pages ?? new PageFetcher(HttpClient.DefaultProxy, Dns.GetHostAddressesAsync, "capstan"), time),
        ];
    }
}
