using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Capstan.Logging;

/// <summary>
/// Makes the loggers of this program. The framework's console logger is not used, because it brings a container, options and a
/// queue of its own, which take a good part of the time that the program needs to start.
/// </summary>
internal sealed class ProgramLoggerProvider(LogLevel level, LogFormat format, LogWriter writer, TimeProvider time) : ILoggerProvider
{
    // When the server does not start, the framework's host logs a stack trace, but the program already gives the reason in words.
    private const string Host = "Microsoft.Extensions.Hosting";
    private const string Framework = "Microsoft.";

    /// <inheritdoc/>
    public ILogger CreateLogger(string categoryName)
    {
        if (categoryName.StartsWith(Host, StringComparison.Ordinal))
            return NullLogger.Instance;
        // The framework's messages about single requests are only useful to somebody who looks for faults in the framework.
        var isFramework = categoryName.StartsWith(Framework, StringComparison.Ordinal) && level is LogLevel.Information;
        return new ProgramLogger(categoryName, isFramework ? LogLevel.Warning : level, format, writer, time);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        // The writer belongs to the program, and outlives the loggers so that the last lines are written.
    }
}
