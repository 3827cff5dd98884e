using Microsoft.Extensions.Logging;

namespace Capstan.Logging;

/// <summary>The logger of one category.</summary>
internal sealed class ProgramLogger(string category, LogLevel lowest, LogFormat format, LogWriter writer, TimeProvider time) : ILogger
{
    /// <inheritdoc/>
    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    /// <inheritdoc/>
    public bool IsEnabled(LogLevel logLevel) => logLevel >= lowest && logLevel != LogLevel.None;

    /// <inheritdoc/>
    public void Log<TState>(
        LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (!IsEnabled(logLevel))
            return;
        var fields = state as IReadOnlyList<KeyValuePair<string, object?>> ?? [];
        var entry = new LogEntry(time.GetUtcNow(), logLevel, category, eventId, formatter(state, exception), fields, exception);
        writer.Add(format == LogFormat.Json ? JsonLines.Write(entry) : TextLines.Write(entry), logLevel >= LogLevel.Warning);
    }
}
