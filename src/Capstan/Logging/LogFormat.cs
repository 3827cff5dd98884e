namespace Capstan.Logging;

/// <summary>The formats of the log.</summary>
internal enum LogFormat
{
    /// <summary>A line for people: time, level, number, message.</summary>
    Text,

    /// <summary>One JSON object a line, with the fields of the entry.</summary>
    Json,
}
