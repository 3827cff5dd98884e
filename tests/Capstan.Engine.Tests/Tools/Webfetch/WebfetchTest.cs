using System.Net;
using System.Text.Json.Nodes;
using Capstan.Engine.Tools;
using Capstan.Engine.Tools.Webfetch;
using Xunit;

namespace Capstan.Engine.Tests.Tools.Webfetch;

/// <summary>What tests of <c>webfetch</c> share: hosts that lead where the test says.</summary>
public abstract class WebfetchTest : ToolTest
{
    /// <summary>What hosts resolve to, besides those that the machine knows.</summary>
    protected Dictionary<string, IPAddress[]> Names { get; } = [];

    /// <summary>The hosts that were resolved, in order.</summary>
    protected List<string> Resolved { get; } = [];

    private protected WebfetchTool Tool(IWebProxy? proxy = null, TimeProvider? time = null) =>
        new(new PageFetcher(proxy ?? new NoProxy(), ResolveAsync, "capstan/test"), time ?? TimeProvider.System);

    private Task<IPAddress[]> ResolveAsync(string host, CancellationToken cancellationToken)
    {
        Resolved.Add(host);
        return Names.TryGetValue(host, out var known) ? Task.FromResult(known) : Dns.GetHostAddressesAsync(host, cancellationToken);
    }

    private protected Task<ToolResult> FetchAsync(string url, string? format = null, WebfetchTool? tool = null, CancellationToken? cancel = null)
    {
        var input = new JsonObject { ["url"] = url };
        if (format is not null)
            input["format"] = format;
        return RunAsync(tool ?? Tool(), input, cancel);
    }

    private sealed class NoProxy : IWebProxy
    {
        public ICredentials? Credentials { get; set; }

        public Uri? GetProxy(Uri destination) => null;

        public bool IsBypassed(Uri host) => true;
    }
}
