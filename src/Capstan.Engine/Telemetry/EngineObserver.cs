using System.Diagnostics;
using Microsoft.Extensions.Logging;

namespace Capstan.Engine.Telemetry;

/// <summary>
/// Tells the log, the spans and the instruments what the engine does: names and numbers, never what people, models or tools say.
/// </summary>
internal sealed class EngineObserver(EngineTelemetry telemetry, TimeProvider time, ILogger logger)
{
    public EngineTelemetry Telemetry => telemetry;

    public TimeProvider Time => time;

    public ILogger Logger => logger;

    /// <summary>The seconds that have passed since a timestamp of <see cref="Time"/>.</summary>
    public double SecondsSince(long start) => time.GetElapsedTime(start).TotalSeconds;

    /// <summary>Rounds seconds to milliseconds, which are enough for people.</summary>
    public static double Round(double seconds) => Math.Round(seconds, 3);

    /// <summary>
    /// Keeps a span that has just begun from becoming the parent of other spans: those that begin beside it get its own parent.
    /// </summary>
    public static Activity? Aside(Activity? span)
    {
        if (span is not null)
            Activity.Current = span.Parent;
        return span;
    }
}
