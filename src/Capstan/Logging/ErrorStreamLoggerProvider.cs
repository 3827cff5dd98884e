using Microsoft.Extensions.Logging;

namespace Capstan.Logging;

/// <summary>
/// Writes log entries to standard error, a line each. Ours, because the framework's console logger brings a container, options and a
/// queue of its own, which is a good part of the time that the program takes to start.
/// </summary>
internal sealed class ErrorStreamLoggerProvider(LogLevel level, TimeProvider time) : ILoggerProvider
{
    /// <inheritdoc/>
    public ILogger CreateLogger(string categoryName) => new ErrorStreamLogger(categoryName, level, time);

    /// <inheritdoc/>
    public void Dispose()
    {
    }
}
