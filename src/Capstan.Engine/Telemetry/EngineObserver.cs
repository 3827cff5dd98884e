using System.Diagnostics;
using Microsoft.Extensions.Logging;

namespace Capstan.Engine.Telemetry;

/// <summary>
/// Sees what the engine does, and tells the log, the spans and the instruments of it. Names and numbers are told, never what people,
/// models or tools say.
/// </summary>
internal sealed class EngineObserver(EngineTelemetry telemetry, TimeProvider time, ILogger logger)
{
    public EngineTelemetry Telemetry => telemetry;

    public TimeProvider Time => time;

    public ILogger Logger => logger;

    /// <summary>What has passed since, in seconds.</summary>
    public double SecondsSince(long start) => time.GetElapsedTime(start).TotalSeconds;

    /// <summary>Milliseconds are enough for people.</summary>
    public static double Round(double seconds) => Math.Round(seconds, 3);

    /// <summary>A span that is nobody's parent unless it is named as one: what runs beside it has another.</summary>
    public static Activity? Aside(Activity? span)
    {
        if (span is not null)
            Activity.Current = span.Parent;
        return span;
    }
}
