using System.Collections.Concurrent;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Capstan.Testing.Telemetry;

/// <summary>An OpenTelemetry collector that keeps what it is sent: OTLP over HTTP, in protocol buffers.</summary>
public sealed class OtlpReceiver : IAsyncDisposable
{
    private readonly ConcurrentQueue<(string Path, string ContentType, byte[] Body)> _requests = new();
    private readonly WebApplication _app;

    private OtlpReceiver()
    {
        var builder = WebApplication.CreateEmptyBuilder(new());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(static kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        _app = builder.Build();
        _app.Run(async http =>
        {
            using var body = new MemoryStream();
            await http.Request.Body.CopyToAsync(body, http.RequestAborted);
            _requests.Enqueue((http.Request.Path, http.Request.ContentType ?? "", body.ToArray()));
            http.Response.ContentType = "application/x-protobuf";
        });
    }

    /// <summary>Where it listens: the value of <c>OTEL_EXPORTER_OTLP_ENDPOINT</c>.</summary>
    public Uri Address => new(_app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());

    /// <summary>The media types that came.</summary>
    public IReadOnlyList<string> ContentTypes => [.. _requests.Select(static request => request.ContentType)];

    /// <summary>The spans that came.</summary>
    public IReadOnlyList<OtlpSpan> Spans =>
    [
        .. from request in _requests
           where request.Path == "/v1/traces"
           from resource in new ProtobufMessage(request.Body).Messages(1)
           from scope in resource.Messages(2)
           from span in scope.Messages(2)
           select new OtlpSpan(span.Hex(1), span.Hex(2), span.Hex(4), span.Text(5), Attributes(span.Messages(9))),
    ];

    /// <summary>The names of the metrics that came.</summary>
    public IReadOnlySet<string> Metrics => new HashSet<string>(
        from request in _requests
        where request.Path == "/v1/metrics"
        from resource in new ProtobufMessage(request.Body).Messages(1)
        from scope in resource.Messages(2)
        from metric in scope.Messages(2)
        select metric.Text(1));

    /// <summary>What the traces say of who sent them.</summary>
    public IReadOnlyDictionary<string, string> Resource =>
        _requests.Where(static request => request.Path == "/v1/traces")
            .SelectMany(static request => new ProtobufMessage(request.Body).Messages(1))
            .SelectMany(static resource => resource.Messages(1))
            .Select(static resource => Attributes(resource.Messages(1)))
            .First();

    /// <summary>Starts it.</summary>
    public static async Task<OtlpReceiver> StartAsync(CancellationToken cancellationToken = default)
    {
        var receiver = new OtlpReceiver();
        await receiver._app.StartAsync(cancellationToken);
        return receiver;
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private static Dictionary<string, string> Attributes(IEnumerable<ProtobufMessage> pairs) =>
        pairs.ToDictionary(static pair => pair.Text(1), static pair => pair.Messages(2).Select(static value => value.Text(1)).FirstOrDefault() ?? "");
}
