using System.Text;
using Capstan.Server.Metrics;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;

namespace Capstan.Server.Resources;

/// <summary>What the server has measured since its start, for Prometheus and those who read its format.</summary>
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
