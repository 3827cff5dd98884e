using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Capstan.Logging;

/// <summary>
/// Makes the loggers of this program. Ours, because the framework's console logger brings a container, options and a queue of its own,
/// which is a good part of the time that the program takes to start.
/// </summary>
internal sealed class ProgramLoggerProvider(LogLevel level, LogFormat format, LogWriter writer, TimeProvider time) : ILoggerProvider
{
    // The framework's host reports with stack traces why it did not start, which the program says in words.
    private const string Host = "Microsoft.Extensions.Hosting";
    private const string Framework = "Microsoft.";

    /// <inheritdoc/>
    public ILogger CreateLogger(string categoryName)
    {
        if (categoryName.StartsWith(Host, StringComparison.Ordinal))
            return NullLogger.Instance;
        // What the framework says of single requests is of use to those who look for faults in it.
        var isFramework = categoryName.StartsWith(Framework, StringComparison.Ordinal) && level is LogLevel.Information;
        return new ProgramLogger(categoryName, isFramework ? LogLevel.Warning : level, format, writer, time);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        // The writer is the program's; it outlives the loggers, so that the last lines are written.
    }
}
