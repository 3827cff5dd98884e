using System.Net;
using System.Net.Sockets;

namespace Capstan.Engine.Tools.Webfetch;

/// <summary>Fetches a page, and asks for each address before it connects to it.</summary>
/// <remarks>
/// For each URL, the first and those that it redirects to:
/// <code>
///   1. ask      for the URL
///   2. resolve  its host
///   3. ask      for the address, unless it is a public one
///   4. connect  to that very address: a name that leads elsewhere by now changes nothing
///   5. request  over this connection, and read at most as much as a page may have
/// </code>
/// A proxy connects by itself. What a host resolves to here is asked for before the proxy is used; what it resolves to there is the
/// proxy's to judge.
/// </remarks>
/// <param name="proxy">Which proxy leads to a URL, if any.</param>
/// <param name="resolve">Finds the addresses of a host.</param>
/// <param name="userAgent">The name by which pages know this program.</param>
internal sealed class PageFetcher(IWebProxy proxy, Func<string, CancellationToken, Task<IPAddress[]>> resolve, string userAgent)
{
    /// <summary>How many bytes a page may have at the most.</summary>
    public const int MaxBytes = 5 * 1024 * 1024;

    private const int MaxRedirects = 10;

    /// <summary>Fetches a page.</summary>
    /// <param name="url">Where it is, as the model wrote it.</param>
    /// <param name="accept">The types that are wanted, as a header.</param>
    /// <param name="permissions">Where to ask.</param>
    /// <param name="time">The time that is left for the network.</param>
    /// <param name="cancellationToken">Ends the call at once.</param>
    /// <exception cref="ToolException">The page cannot be fetched.</exception>
    public async Task<FetchedPage> FetchAsync(
        string url, string accept, FetchPermissions permissions, FetchTime time, CancellationToken cancellationToken)
    {
        var at = Page(url) ?? throw new ToolException($"This is no address of a page; it must begin with http:// or https://: {Cut(url)}");
        var written = url;
        for (var redirects = 0; ; redirects++)
        {
            await permissions.AskAsync(at, written, cancellationToken);
            try
            {
                var (page, next) = await RequestAsync(at, accept, permissions, time, cancellationToken);
                if (page is not null)
                    return page;
                at = Page(next!) ?? throw new ToolException($"{at} redirects to what is no page: {Cut(next!.ToString())}");
                written = at.AbsoluteUri;
            }
            catch (Exception failure) when (failure is HttpRequestException or IOException or SocketException)
            {
                throw new ToolException($"{Cut(at.AbsoluteUri)} cannot be fetched: {(failure.InnerException ?? failure).Message}", failure);
            }

            if (redirects == MaxRedirects)
                throw new ToolException($"The page redirects more than {MaxRedirects} times; the last time to {Cut(at.AbsoluteUri)}");
        }
    }

    private async Task<(FetchedPage? Page, Uri? Next)> RequestAsync(
        Uri url, string accept, FetchPermissions permissions, FetchTime time, CancellationToken cancellationToken)
    {
        var isProxied = !proxy.IsBypassed(url) && proxy.GetProxy(url) is not null;
        await using var connection = isProxied
            ? await AskForAllAsync(url, permissions, time, cancellationToken)
            : await ConnectAsync(url, permissions, time, cancellationToken);
        using var client = CreateClient(isProxied, connection);
        return await time.SpendAsync(token => ExchangeAsync(client, url, accept, token), cancellationToken);
    }

    /// <summary>Connects to the first address of the host that answers; each is asked for right before.</summary>
    private async Task<Stream?> ConnectAsync(Uri url, FetchPermissions permissions, FetchTime time, CancellationToken cancellationToken)
    {
        var addresses = await time.SpendAsync(token => resolve(url.IdnHost, token), cancellationToken);
        SocketException? last = null;
        // IPv4 first, because many machines have no way out over IPv6, and a rule is more likely to name 127.0.0.1 than ::1.
        foreach (var address in addresses.OrderBy(static address => address.AddressFamily))
        {
            await permissions.AskAsync(address, url, cancellationToken);
            var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            try
            {
                await time.SpendAsync(
                    async token =>
                    {
                        await socket.ConnectAsync(new IPEndPoint(address, url.Port), token);
                        return true;
                    },
                    cancellationToken);
                return new NetworkStream(socket, ownsSocket: true);
            }
            catch (SocketException failure)
            {
                socket.Dispose();
                last = failure;
            }
            catch
            {
                socket.Dispose();
                throw;
            }
        }

        throw last ?? new SocketException((int)SocketError.HostNotFound);
    }

    private async Task<Stream?> AskForAllAsync(Uri url, FetchPermissions permissions, FetchTime time, CancellationToken cancellationToken)
    {
        IPAddress[] addresses = [];
        try
        {
            addresses = await time.SpendAsync(token => resolve(url.IdnHost, token), cancellationToken);
        }
        catch (SocketException)
        {
            // Behind a proxy there may be no names of the internet here; the proxy finds them.
        }

        foreach (var address in addresses)
            await permissions.AskAsync(address, url, cancellationToken);
        return null;
    }

    private HttpClient CreateClient(bool isProxied, Stream? connection)
    {
        var handler = new SocketsHttpHandler
        {
            UseProxy = isProxied,
            Proxy = isProxied ? proxy : null,
            AllowAutoRedirect = false,
            UseCookies = false,
            AutomaticDecompression = DecompressionMethods.All,
            ActivityHeadersPropagator = null,
        };
        if (!isProxied)
        {
            handler.ConnectCallback = (_, _) => Interlocked.Exchange(ref connection, null) is { } open
                ? ValueTask.FromResult(open)
                // A second connection would be one that nobody was asked for.
                : throw new IOException("the connection was closed before the page came");
        }

        return new HttpClient(handler) { Timeout = Timeout.InfiniteTimeSpan };
    }

    private async Task<(FetchedPage? Page, Uri? Next)> ExchangeAsync(HttpClient client, Uri url, string accept, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, url);
        request.Headers.TryAddWithoutValidation("Accept", accept);
        request.Headers.TryAddWithoutValidation("Accept-Language", "en-US,en;q=0.9");
        request.Headers.TryAddWithoutValidation("User-Agent", userAgent);
        using var response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        if (response.StatusCode is HttpStatusCode.MovedPermanently or HttpStatusCode.Found or HttpStatusCode.SeeOther
                or HttpStatusCode.TemporaryRedirect or HttpStatusCode.PermanentRedirect
            && response.Headers.Location is { } location)
        {
            return (null, new Uri(url, location));
        }

        if (!response.IsSuccessStatusCode)
            throw new ToolException($"{Cut(url.AbsoluteUri)} answered with status {(int)response.StatusCode}");
        var content = await ReadAsync(response.Content, url, cancellationToken);
        var type = response.Content.Headers.NonValidated.TryGetValues("Content-Type", out var written) ? written.ToString() : "";
        var parsed = response.Content.Headers.ContentType;
        return (new FetchedPage(type, (parsed?.MediaType ?? type.Split(';')[0].Trim()).ToLowerInvariant(), parsed?.CharSet?.Trim('"'), content), null);
    }

    private static async Task<ReadOnlyMemory<byte>> ReadAsync(HttpContent content, Uri url, CancellationToken cancellationToken)
    {
        if (content.Headers.ContentLength > MaxBytes)
            throw TooLarge(url);
        await using var stream = await content.ReadAsStreamAsync(cancellationToken);
        using var buffer = new MemoryStream();
        var chunk = new byte[32 * 1024];
        for (int read; (read = await stream.ReadAsync(chunk, cancellationToken)) > 0;)
        {
            // What a server says of the length is not what it sends, and a compressed page grows as it is read.
            if (buffer.Length + read > MaxBytes)
                throw TooLarge(url);
            buffer.Write(chunk, 0, read);
        }

        return buffer.GetBuffer().AsMemory(0, (int)buffer.Length);
    }

    private static Uri? Page(string text) => Uri.TryCreate(text.Trim(), UriKind.Absolute, out var url) ? Page(url) : null;

    private static Uri? Page(Uri url) => url.Scheme is "http" or "https" && url.Host.Length > 0 ? url : null;

    private static ToolException TooLarge(Uri url) => new($"{Cut(url.AbsoluteUri)} is larger than {MaxBytes >> 20} MiB, and no page of that size is fetched");

    private static string Cut(string text) => text.Length > 300 ? text[..300] + "…" : text;
}
