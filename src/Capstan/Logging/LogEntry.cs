using Microsoft.Extensions.Logging;

namespace Capstan.Logging;

/// <summary>One entry of the log, before it is formatted.</summary>
/// <param name="Time">When the entry was logged.</param>
/// <param name="Level">The entry's level.</param>
/// <param name="Category">The name of the logger, mostly that of a type.</param>
/// <param name="Event">The number and name of the kind of entry.</param>
/// <param name="Message">The message.</param>
/// <param name="Fields">The values in the message, by name.</param>
/// <param name="Exception">The exception that the entry is about; null where there is none.</param>
internal readonly record struct LogEntry(
    DateTimeOffset Time,
    LogLevel Level,
    string Category,
    EventId Event,
    string Message,
    IReadOnlyList<KeyValuePair<string, object?>> Fields,
    Exception? Exception);
