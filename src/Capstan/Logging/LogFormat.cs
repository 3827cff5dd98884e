namespace Capstan.Logging;

/// <summary>How entries of the log are written.</summary>
internal enum LogFormat
{
    /// <summary>A line that people read: time, level, number, sentence.</summary>
    Text,

    /// <summary>A JSON object a line, with the fields of the entry.</summary>
    Json,
}
