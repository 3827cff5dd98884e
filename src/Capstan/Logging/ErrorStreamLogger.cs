using System.Globalization;
using Microsoft.Extensions.Logging;

namespace Capstan.Logging;

/// <summary>The logger of one category.</summary>
internal sealed class ErrorStreamLogger(string category, LogLevel lowest, TimeProvider time) : ILogger
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
        var moment = time.GetUtcNow().ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
        var text = $"{moment} {logLevel} {category}[{eventId.Id}] {formatter(state, exception)}";
        Console.Error.WriteLine(exception is null ? text : $"{text}{Environment.NewLine}{exception}");
    }
}
