using System.Net;
using Capstan.Engine;
using Capstan.Server.Replies;
using Capstan.Server.Requests;
using Capstan.Server.Security;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.HttpOverrides;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Capstan.Server;

/// <summary>The HTTP face: OpenCode's routes, served by the engine.</summary>
public sealed class CapstanServer : IAsyncDisposable
{
    private readonly WebApplication _app;

    private CapstanServer(WebApplication app, Uri address)
    {
        _app = app;
        Address = address;
    }

    /// <summary>The address at which the server listens.</summary>
    public Uri Address { get; }

    /// <summary>Starts to listen.</summary>
    /// <param name="engine">The engine that serves the requests; the caller owns it.</param>
    /// <param name="options">How the face is set up.</param>
    /// <param name="loggers">Makes the face's loggers.</param>
    /// <param name="cancellationToken">Stops the start.</param>
    /// <exception cref="IOException">The port is taken.</exception>
    /// <exception cref="InvalidOperationException">
    /// The options would leave the server open to others, name an address that is not of this machine, or contradict themselves.
    /// </exception>
    public static Task<CapstanServer> StartAsync(
        CapstanEngine engine, ServerOptions options, ILoggerFactory loggers, CancellationToken cancellationToken) =>
        StartAsync(Task.FromResult(engine), options, loggers, cancellationToken);

    /// <summary>
    /// Gets ready while the engine starts, and then starts to listen. An engine that cannot start fails this start with the same
    /// exception.
    /// </summary>
    /// <inheritdoc cref="StartAsync(CapstanEngine, ServerOptions, ILoggerFactory, CancellationToken)"/>
    public static async Task<CapstanServer> StartAsync(
        Task<CapstanEngine> engine, ServerOptions options, ILoggerFactory loggers, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(options);
        // The name is looked up first: for a name that leads nowhere, the advice to set a password would be wrong.
        var addresses = await ListenAddresses.FindAsync(options.Hostname, cancellationToken);
        if (options.Problem is { } problem)
            throw new InvalidOperationException(problem);
        if (options.Port != 0)
            return await ListenAsync(engine, options, addresses, options.Port, loggers, cancellationToken);
        try
        {
            return await ListenAsync(engine, options, addresses, ServerOptions.DefaultPort, loggers, cancellationToken);
        }
        catch (IOException) when (engine.IsCompletedSuccessfully)
        {
            return await ListenAsync(engine, options, addresses, 0, loggers, cancellationToken);
        }
    }

    /// <summary>
    /// Returns when the server was told to stop and its requests have ended, or when the time for them is over.
    /// </summary>
    /// <param name="stop">Tells the server to stop.</param>
    /// <param name="atOnce">Ends the requests that are still running.</param>
    public async Task WaitForShutdownAsync(CancellationToken stop, CancellationToken atOnce)
    {
        var told = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var asked = stop.Register(() => told.TrySetResult());
        await using var stopping = _app.Lifetime.ApplicationStopping.Register(() => told.TrySetResult());
        await told.Task;
        try
        {
            await _app.StopAsync(atOnce);
        }
        catch (OperationCanceledException)
        {
            // The time was over; the connections that were left are closed.
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private static ForwardedHeadersOptions Forwarded(ServerOptions options)
    {
        var forwarded = new ForwardedHeadersOptions { ForwardedHeaders = ForwardedHeaders.All };
        forwarded.KnownProxies.Clear();
        forwarded.KnownIPNetworks.Clear();
        foreach (var proxy in options.TrustedProxies)
            forwarded.KnownProxies.Add(IPAddress.Parse(proxy));
        return forwarded;
    }

    private static async Task<CapstanServer> ListenAsync(
        Task<CapstanEngine> engine,
        ServerOptions options,
        IReadOnlyList<IPAddress> addresses,
        int port,
        ILoggerFactory loggers,
        CancellationToken cancellationToken)
    {
        var app = Build(options, addresses, port, loggers);
        try
        {
            MapRequests(app, await engine, options, loggers);
            await app.StartAsync(cancellationToken);
        }
        catch
        {
            await app.DisposeAsync();
            throw;
        }

        var bound = app.Services.GetRequiredService<Microsoft.AspNetCore.Hosting.Server.IServer>()
            .Features.Get<Microsoft.AspNetCore.Hosting.Server.Features.IServerAddressesFeature>()!.Addresses.First();
        var boundPort = BindingAddress.Parse(bound).Port;
        return new CapstanServer(app, new UriBuilder("http", options.Hostname, boundPort).Uri);
    }

    private static WebApplication Build(ServerOptions options, IReadOnlyList<IPAddress> addresses, int port, ILoggerFactory loggers)
    {
        // The empty builder reads no configuration files and no environment and
        // has no logging of its own, all of which would delay the start.
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { ApplicationName = "capstan" });
        builder.Services.AddSingleton(loggers);
        builder.Services.AddRoutingCore();
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = options.MaxBodySize;
            kestrel.Limits.KeepAliveTimeout = TimeSpan.FromMinutes(5);
            foreach (var address in addresses)
                kestrel.Listen(address, port);
        });

        builder.Services.Configure<SocketTransportOptions>(sockets =>
        {
            sockets.MaxWriteBufferSize = options.ResponseBuffer;
            var chosen = port;
            sockets.CreateBoundListenSocket = endpoint =>
            {
                // Where any port will do, the system chooses one for the first address, and
                // the others must use it as well: clients are told one port.
                var socket = SocketTransportOptions.CreateDefaultBoundListenSocket(new IPEndPoint(((IPEndPoint)endpoint).Address, chosen));
                chosen = ((IPEndPoint)socket.LocalEndPoint!).Port;
                // Accepted connections inherit this size from the listening socket.
                socket.SendBufferSize = options.SendBuffer;
                return socket;
            };
        });
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = options.Drain);
        return builder.Build();
    }

    private static void MapRequests(WebApplication app, CapstanEngine engine, ServerOptions options, ILoggerFactory loggers)
    {
        // Requests for synchronous prompts end only when their turns end, so no further turn may begin while the server stops.
        app.Lifetime.ApplicationStopping.Register(engine.BeginDrain);
        var guard = new RequestGuard(options);
        if (options.TrustedProxies.Count > 0)
            app.UseForwardedHeaders(Forwarded(options));
        if (options.BasePath.Length > 0)
            app.UsePathBase(options.BasePath);
        app.Use(next => context => ErrorReplies.GuardAsync(context, next, loggers));
        app.Use(guard.Wrap);
        app.Use(HeadRequests.Wrap);
        app.UseRouting();
        Routes.Map(app, new ServerContext(engine, options, app.Lifetime.ApplicationStopping));
        app.MapFallback("{**path}", ErrorReplies.WriteNoRouteAsync);
    }
}
