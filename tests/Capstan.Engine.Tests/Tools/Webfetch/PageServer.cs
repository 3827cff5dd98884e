using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.DependencyInjection;

namespace Capstan.Engine.Tests.Tools.Webfetch;

/// <summary>Pages at all addresses of this machine's loopback network, such as 127.0.0.1 and 127.0.0.2, at one port.</summary>
internal sealed class PageServer : IAsyncDisposable
{
    private readonly WebApplication _app;

    private PageServer(WebApplication app, int port)
    {
        (_app, Port) = (app, port);
        app.Run(http =>
        {
            Requests.Enqueue($"{http.Connection.LocalIpAddress}{http.Request.Path}");
            return Answer(http);
        });
    }

    public int Port { get; }

    /// <summary>The address and path of each request, in order.</summary>
    public ConcurrentQueue<string> Requests { get; } = [];

    public Func<HttpContext, Task> Answer { get; set; } = static http => http.Response.WriteAsync("hello");

    public string Url(string path, string host = "127.0.0.1") => $"http://{host}:{Port}{path}";

    public static async Task<PageServer> StartAsync(CancellationToken cancellationToken)
    {
        // One socket for two addresses: both must have the same port, which is not known before it is given.
        var sockets = Listen();
        var builder = WebApplication.CreateEmptyBuilder(new());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            foreach (var socket in sockets)
                kestrel.Listen((IPEndPoint)socket.LocalEndPoint!);
        });
        builder.Services.Configure<SocketTransportOptions>(options =>
            options.CreateBoundListenSocket = endpoint => sockets.Single(socket => endpoint.Equals(socket.LocalEndPoint)));
        var server = new PageServer(builder.Build(), ((IPEndPoint)sockets[0].LocalEndPoint!).Port);
        await server._app.StartAsync(cancellationToken);
        return server;
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private static Socket[] Listen()
    {
        while (true)
        {
            var first = Bound(new IPEndPoint(IPAddress.Loopback, 0));
            try
            {
                return [first, Bound(new IPEndPoint(IPAddress.Parse("127.0.0.2"), ((IPEndPoint)first.LocalEndPoint!).Port))];
            }
            catch (SocketException)
            {
                // Somebody has that port at the second address.
                first.Dispose();
            }
        }
    }

    private static Socket Bound(IPEndPoint endpoint)
    {
        var socket = new Socket(endpoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(endpoint);
        return socket;
    }
}
