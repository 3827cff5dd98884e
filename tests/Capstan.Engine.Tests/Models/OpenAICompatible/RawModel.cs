using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Capstan.Engine.Tests.Models.OpenAICompatible;

/// <summary>A provider that answers every request with the same bytes, whatever they are, over real HTTP.</summary>
internal sealed class RawModel : IAsyncDisposable
{
    private readonly WebApplication _app;

    private RawModel(WebApplication app) => _app = app;

    public Uri Url { get; private set; } = null!;

    /// <param name="status">The status.</param>
    /// <param name="contentType">The type that it claims.</param>
    /// <param name="body">The bytes.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <param name="stalls">Whether more is promised after the bytes, and never comes.</param>
    public static async Task<RawModel> StartAsync(
        int status, string contentType, string body, CancellationToken cancellationToken, bool stalls = false)
    {
        var builder = WebApplication.CreateEmptyBuilder(new());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(static kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        var app = builder.Build();
        app.Run(async http =>
        {
            http.Response.StatusCode = status;
            http.Response.ContentType = contentType;
            await http.Response.WriteAsync(body, http.RequestAborted);
            if (!stalls)
                return;
            await http.Response.Body.FlushAsync(http.RequestAborted);
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, http.RequestAborted);
        });
        await app.StartAsync(cancellationToken);
        var address = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();
        return new RawModel(app) { Url = new Uri($"{address}/v1") };
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();
}
