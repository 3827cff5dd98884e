using Capstan.Engine.Telemetry;
using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace Capstan.Telemetry;

/// <summary>
/// Sends spans and metrics to an OpenTelemetry collector. Only where one is named is this type touched, and with it the libraries are
/// loaded: every other start does without them.
/// </summary>
internal sealed class Collector : IDisposable
{
    private readonly TracerProvider _traces;
    private readonly MeterProvider _metrics;

    private Collector(TracerProvider traces, MeterProvider metrics) => (_traces, _metrics) = (traces, metrics);

    /// <summary>Begins to send.</summary>
    public static Collector Start(CollectorSettings settings)
    {
        // What variables say of the resource is read by the library; the name is ours where they give none.
        void Describe(ResourceBuilder resource)
        {
            if (!settings.IsServiceNamed)
                resource.AddService("capstan", serviceVersion: ProgramVersion.Current);
        }

        void Export(OtlpExporterOptions options)
        {
            // The default of the specification, and what port 4318 of a collector speaks.
            if (!settings.IsProtocolSet)
                options.Protocol = OtlpExportProtocol.HttpProtobuf;
        }

        return new Collector(
            Sdk.CreateTracerProviderBuilder().AddSource(EngineTelemetry.Name).ConfigureResource(Describe).AddOtlpExporter(Export).Build(),
            Sdk.CreateMeterProviderBuilder().AddMeter(EngineTelemetry.Name).ConfigureResource(Describe).AddOtlpExporter(Export).Build());
    }

    /// <summary>Sends what waits, and stops; a collector that does not answer is given up on.</summary>
    public void Dispose()
    {
        _traces.Dispose();
        _metrics.Dispose();
    }
}
