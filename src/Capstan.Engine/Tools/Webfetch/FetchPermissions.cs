using System.Net;
using System.Text.Json.Nodes;
using Capstan.Contract;
using Capstan.Engine.Permissions;

namespace Capstan.Engine.Tools.Webfetch;

/// <summary>What one call asks before it fetches: for each URL, and for each address that is not anybody's on the internet.</summary>
/// <param name="context">The context of the call.</param>
/// <param name="arguments">The arguments of the call, for the person who is asked.</param>
internal sealed class FetchPermissions(ToolContext context, JsonObject arguments)
{
    private const string Permission = "webfetch";

    private readonly HashSet<IPAddress> _granted = [];

    /// <summary>Asks for a URL: the one of the call, or one that a page redirects to.</summary>
    public Task AskAsync(Uri url, string written, CancellationToken cancellationToken)
    {
        var metadata = arguments.DeepClone().AsObject();
        metadata["url"] = written;
        // What is requested decides, and not a way of writing it that only looks like something else; a rule that asks or denies holds
        // for both.
        return context.AskAsync(
            new PermissionAsk(Permission, [written], ["*"], metadata)
            {
                Subjects = [new PermissionSubject(written) { Judged = url.AbsoluteUri, Aliases = [written] }],
            },
            cancellationToken);
    }

    /// <summary>
    /// Asks for an address that a connection is about to be made to. That a page may be fetched from anywhere says nothing about this
    /// machine and its network: whose name leads to them is decided by whoever owns the name.
    /// </summary>
    public async Task AskAsync(IPAddress address, Uri url, CancellationToken cancellationToken)
    {
        address = AddressRanges.Plain(address);
        var kind = AddressRanges.KindOf(address);
        if (kind == AddressKind.Public || !_granted.Add(address))
            return;
        var text = address.ToString();
        var metadata = arguments.DeepClone().AsObject();
        metadata["url"] = url.AbsoluteUri;
        metadata["address"] = text;
        await context.AskAsync(
            new PermissionAsk(Permission, [text], [text], metadata)
            {
                Subjects =
                [
                    new PermissionSubject(text)
                    {
                        Unnamed = kind == AddressKind.Refused ? PermissionAction.Deny : PermissionAction.Ask,
                        Aliases = IPAddress.IsLoopback(address) ? ["localhost"] : [],
                    },
                ],
                Refusal = kind == AddressKind.Refused
                    ? $"{url.Host} is at {text}, where machines hand out what is not meant for pages. It was not fetched; only a rule that names the address allows it."
                    : null,
            },
            cancellationToken);
    }
}
