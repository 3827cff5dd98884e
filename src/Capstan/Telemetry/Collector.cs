using Capstan.Engine.Telemetry;
using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace Capstan.Telemetry;

/// <summary>
/// Sends spans and metrics to an OpenTelemetry collector. This type is used only where a collector is configured, and loads
/// OpenTelemetry's libraries when it is first used: all other starts do without them.
/// </summary>
internal sealed class Collector : IDisposable
{
    private readonly TracerProvider _traces;
    private readonly MeterProvider _metrics;

    private Collector(TracerProvider traces, MeterProvider metrics) => (_traces, _metrics) = (traces, metrics);

    /// <summary>Begins to send spans and metrics.</summary>
    public static Collector Start(CollectorSettings settings)
    {
        // The library itself reads what environment variables say about the
        // resource; the service's name is Capstan's where they give none.
        void Describe(ResourceBuilder resource)
        {
            if (!settings.IsServiceNamed)
                resource.AddService("capstan", serviceVersion: ProgramVersion.Current);
        }

        void Export(OtlpExporterOptions options)
        {
            // This protocol is the specification's default, and the one of a collector's port 4318.
            if (!settings.IsProtocolSet)
                options.Protocol = OtlpExportProtocol.HttpProtobuf;
        }

        return new Collector(
            Sdk.CreateTracerProviderBuilder().AddSource(EngineTelemetry.Name).ConfigureResource(Describe).AddOtlpExporter(Export).Build(),
            Sdk.CreateMeterProviderBuilder().AddMeter(EngineTelemetry.Name).ConfigureResource(Describe).AddOtlpExporter(Export).Build());
    }

    /// <summary>Sends the spans and metrics that are left, and stops; a collector that does not answer is given up.</summary>
    public void Dispose()
    {
        _traces.Dispose();
        _metrics.Dispose();
    }
}
