using Microsoft.Data.Sqlite;

namespace Capstan.Engine.Storage.Sqlite;

/// <summary>Says in words why a database cannot be opened, and what the server's operator can do about it.</summary>
internal static class SqliteFailure
{
    // Primary result codes of SQLite.
    private const int Error = 1;
    private const int ReadOnly = 8;
    private const int Input = 10;
    private const int Corrupt = 11;
    private const int Full = 13;
    private const int CannotOpen = 14;
    private const int NotADatabase = 26;

    /// <summary>Describes the failure in words; null where Capstan is at fault and not the operator's system.</summary>
    public static StoreUnusableException? Describe(Exception exception, string directory, string database) => exception switch
    {
        _ when FileAbove(directory) is { } file => Unusable(
            exception, $"The data directory {directory} cannot be made: {file} is a file. Move it away, or set XDG_DATA_HOME to another directory."),
        UnauthorizedAccessException => NotWritable(exception, directory, "permission denied"),
        SqliteException failure when IsDamage(failure) => Damaged(failure, database),
        // All SQL statements are Capstan's own, so a statement that SQLite rejects means that a table or a column is missing.
        SqliteException { SqliteErrorCode: Error } failure => Incomplete(failure, database),
        SqliteException { SqliteErrorCode: Full } => Unusable(exception, $"The disk that holds {directory} is full."),
        SqliteException { SqliteErrorCode: ReadOnly or CannotOpen } => NotWritable(exception, directory, "the database cannot be opened for writing"),
        SqliteException { SqliteErrorCode: Input } => Unusable(exception, $"The disk that holds {database} fails to read or write."),
        IOException => NotWritable(exception, directory, exception.Message),
        _ => null,
    };

    /// <summary>Whether the exception means that the database file is damaged or is not a database.</summary>
    public static bool IsDamage(SqliteException exception) => exception.SqliteErrorCode is Corrupt or NotADatabase;

    /// <summary>Describes a damaged database in words.</summary>
    public static StoreUnusableException Damaged(SqliteException exception, string database) => Unusable(
        exception,
        $"The database {database} is damaged, or is no database. Put a backup in its place, or move it away (with its -wal and -shm) "
        + "to start with an empty one. docs/operations.md says how to save what can be read of it.");

    private static StoreUnusableException Incomplete(SqliteException exception, string database) => Unusable(
        exception,
        $"The database {database} does not hold what a database of Capstan holds ({Reason(exception)}). Put a backup in its place, or move "
        + "it away (with its -wal and -shm) to start with an empty one.");

    /// <summary>
    /// Takes SQLite's own words out of the library's message, which reads "SQLite Error 1: 'no such table: event'."
    /// </summary>
    private static string Reason(SqliteException exception) =>
        exception.Message.Split('\'', 2) is [_, var reason] ? reason.TrimEnd('.').TrimEnd('\'') : exception.Message;

    private static StoreUnusableException NotWritable(Exception exception, string directory, string reason) => Unusable(
        exception,
        $"The data directory {directory} is not writable ({reason}). Make it writable for this user, or set XDG_DATA_HOME to another directory.");

    private static StoreUnusableException Unusable(Exception exception, string message) => new(message, exception);

    /// <summary>Finds a part of the path that is a file, where there should be a directory.</summary>
    private static string? FileAbove(string directory)
    {
        for (var at = directory; at is not null; at = Path.GetDirectoryName(at))
        {
            if (File.Exists(at))
                return at;
        }

        return null;
    }
}
