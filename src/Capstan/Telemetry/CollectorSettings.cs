using Capstan.Engine.Configuration;

namespace Capstan.Telemetry;

/// <summary>Where OpenTelemetry's environment variables say that spans and metrics go.</summary>
/// <param name="Address">The address of the collector, as the variable has it.</param>
/// <param name="IsProtocolSet">Whether a variable names the protocol.</param>
/// <param name="IsServiceNamed">Whether a variable names the service.</param>
internal sealed record CollectorSettings(string Address, bool IsProtocolSet, bool IsServiceNamed)
{
    private const string Endpoint = "OTEL_EXPORTER_OTLP_ENDPOINT";

    /// <summary>What is wrong with the address, in words; null where nothing is wrong.</summary>
    public string? Problem =>
        Uri.TryCreate(Address, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https"
            ? null
            : $"{Endpoint} is \"{Address}\", which is no address such as http://localhost:4318; nothing is sent to a collector.";

    /// <summary>Reads the settings; null where nothing is to be sent.</summary>
    public static CollectorSettings? Read(ProcessEnvironment environment) =>
        environment[Endpoint] is { } address && !environment.Flag("OTEL_SDK_DISABLED")
            ? new CollectorSettings(
                address, environment["OTEL_EXPORTER_OTLP_PROTOCOL"] is not null, environment["OTEL_SERVICE_NAME"] is not null)
            : null;
}
