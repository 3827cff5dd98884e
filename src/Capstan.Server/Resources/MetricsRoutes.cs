using System.Text;
using Capstan.Server.Metrics;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;

namespace Capstan.Server.Resources;

/// <summary>The route of the metrics since the server's start, for Prometheus and other readers of its format.</summary>
internal static class MetricsRoutes
{
    public static void Map(IEndpointRouteBuilder routes, ServerContext context) => routes.MapGet("/metrics", async http =>
    {
        var text = Encoding.UTF8.GetBytes(PrometheusText.Write(context.Engine.Metrics.Read()));
        http.Response.ContentType = PrometheusText.ContentType;
        http.Response.ContentLength = text.Length;
        await http.Response.BodyWriter.WriteAsync(text, http.RequestAborted);
    });
}
