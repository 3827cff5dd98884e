using Microsoft.Data.Sqlite;

namespace Capstan.Engine.Storage.Sqlite;

/// <summary>
/// Gives back the space that deletions left behind, a short step at a time, on the writer's connection and between its writes.
/// </summary>
/// <remarks>
/// <code>
///   session deleted ──► its events are erased, one range of the log a step ──► the write-ahead log is emptied of the old texts
///   pages became free ──► some are given back a step, until few are left
///   a database without incremental vacuum ──► rewritten once, so that its pages can be given back at all
/// </code>
/// Invariant: a session noted in the table <c>deleted_session</c> may
/// have events that are still to be erased; a crash loses no note.
/// </remarks>
internal sealed class SqliteUpkeep : IDisposable
{
    // The first is how many events a step looks at, the second how many pages
    // a step gives back. Either takes as long as an ordinary write.
    private const long Range = 500;
    private const int PagesPerStep = 256;

    // From the first number of free pages (of 4 KiB) on, pages are given
    // back; the second number of pages is kept for coming writes.
    private const long ManyFreePages = 1024;
    private const long FewFreePages = 256;

    private const long Incremental = 2;

    private readonly SqliteWriter _writer;
    private readonly SqliteStatement _lastDeletion, _firstEvent, _erase, _forget, _freePages, _giveBack, _emptyLog, _rewrite;
    private bool _mustRewrite;
    private bool _mustErase;
    private bool _mustEmptyLog;
    private bool _isGivingBack;
    private long _erasedTo;
    private long _eraseTo;

    public SqliteUpkeep(SqliteConnection connection, SqliteWriter writer)
    {
        _writer = writer;
        _lastDeletion = new SqliteStatement(connection, "SELECT coalesce(max(sequence), 0) FROM deleted_session", 0);
        _firstEvent = new SqliteStatement(connection, "SELECT first FROM event_log", 0);
        _erase = new SqliteStatement(
            connection,
            """
            DELETE FROM event WHERE sequence >= $0 AND sequence < $1
              AND EXISTS (SELECT 1 FROM deleted_session AS gone WHERE gone.id = session_id AND event.sequence < gone.sequence)
            """,
            2);
        _forget = new SqliteStatement(connection, "DELETE FROM deleted_session WHERE sequence <= $0", 1);
        _freePages = new SqliteStatement(connection, "PRAGMA freelist_count", 0);
        _giveBack = new SqliteStatement(connection, $"PRAGMA incremental_vacuum({PagesPerStep})", 0);
        _emptyLog = new SqliteStatement(connection, "PRAGMA wal_checkpoint(TRUNCATE)", 0);
        _rewrite = new SqliteStatement(connection, "VACUUM", 0);
        using var mode = new SqliteStatement(connection, "PRAGMA auto_vacuum", 0);
        _mustRewrite = (long)mode.Scalar()! != Incremental;
        _mustErase = (long)_lastDeletion.Scalar()! > 0;
    }

    /// <summary>The upkeep that is due. Steps come before the rewrite, which then has less to write.</summary>
    public StoreUpkeep Due =>
        _writer.HasDeleted || _writer.HasFreed || _mustErase || _mustEmptyLog || _isGivingBack ? StoreUpkeep.Step
        : _mustRewrite ? StoreUpkeep.Rewrite
        : StoreUpkeep.None;

    /// <summary>Does the next step.</summary>
    public void Run()
    {
        if (_writer.HasDeleted)
        {
            _writer.HasDeleted = false;
            _mustErase = true;
        }

        if (_mustErase)
            Erase();
        else if (_writer.HasFreed || _isGivingBack)
            GiveBack();
        else if (_mustEmptyLog)
            EmptyLog();
        else if (_mustRewrite)
            Rewrite();
    }

    public void Dispose()
    {
        foreach (var statement in (SqliteStatement[])[_lastDeletion, _firstEvent, _erase, _forget, _freePages, _giveBack, _emptyLog, _rewrite])
            statement.Dispose();
    }

    /// <summary>
    /// Erases the events of deleted sessions in one range of the log. A session that is deleted while a pass goes over the log
    /// keeps its note, and the next pass finishes it.
    /// </summary>
    private void Erase()
    {
        if (_eraseTo == 0)
        {
            _eraseTo = (long)_lastDeletion.Scalar()!;
            _erasedTo = (long)_firstEvent.Scalar()!;
        }

        _writer.Begin();
        try
        {
            var end = Math.Min(_erasedTo + Range, _eraseTo);
            _erase.Run(_erasedTo, end);
            _erasedTo = end;
            if (_erasedTo >= _eraseTo)
                _forget.Run(_eraseTo);
            _writer.Commit();
        }
        finally
        {
            _writer.Dispose();
        }

        if (_erasedTo < _eraseTo)
            return;
        _eraseTo = 0;
        _mustErase = (long)_lastDeletion.Scalar()! > 0;
        _mustEmptyLog = true;
        _writer.HasFreed = true;
    }

    private void GiveBack()
    {
        _writer.HasFreed = false;
        // A database without incremental vacuum can give no pages back until it is rewritten.
        _isGivingBack = !_mustRewrite && (long)_freePages.Scalar()! > (_isGivingBack ? FewFreePages : ManyFreePages);
        if (!_isGivingBack)
            return;
        // SQLite gives one page back with each row that is read.
        using (var pages = _giveBack.Query())
        {
            while (pages.Read())
            {
            }
        }

        _mustEmptyLog = true;
    }

    /// <summary>
    /// Moves all that was erased from the write-ahead log into the database file and
    /// empties the log. A reader may prevent that; the step is then tried again.
    /// </summary>
    private void EmptyLog()
    {
        using var result = _emptyLog.Query();
        _mustEmptyLog = result.Read() && result.GetInt64(0) != 0;
    }

    private void Rewrite()
    {
        // The rewrite is tried once a process, even if it fails: its obstacle, a full disk perhaps, is not gone a moment later.
        _mustRewrite = false;
        _rewrite.Run();
        _mustEmptyLog = true;
    }
}
