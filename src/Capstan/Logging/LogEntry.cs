using Microsoft.Extensions.Logging;

namespace Capstan.Logging;

/// <summary>One entry of the log, before it is written down.</summary>
/// <param name="Time">When.</param>
/// <param name="Level">How bad it is.</param>
/// <param name="Category">The type that says it.</param>
/// <param name="Event">Its number and name.</param>
/// <param name="Message">The sentence.</param>
/// <param name="Fields">What the sentence was made of, by name.</param>
/// <param name="Exception">What failed, if anything did.</param>
internal readonly record struct LogEntry(
    DateTimeOffset Time,
    LogLevel Level,
    string Category,
    EventId Event,
    string Message,
    IReadOnlyList<KeyValuePair<string, object?>> Fields,
    Exception? Exception);
