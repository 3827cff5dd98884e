using static Capstan.Engine.Storage.Postgres.PostgresValue;

namespace Capstan.Engine.Storage.Postgres;

/// <summary>
/// Erases the events of deleted sessions of a lane, a short step at a time, between the lane's writes. The space is the database's own
/// affair: autovacuum makes it usable again.
/// </summary>
/// <remarks>
/// Invariant: a session noted in the table <c>deleted_session</c> may have events that are still to be erased; a crash loses no note.
/// </remarks>
internal sealed class PostgresUpkeep(PostgresWrite write, int lane)
{
    // How many events a step looks at, which takes as long as an ordinary write.
    private const long Range = 500;

    // A pass goes over the log from the first number to the last; null between passes.
    private (long From, long To)? _pass;
    private bool _mayHaveNotes = true;

    /// <summary>The upkeep that is due.</summary>
    public StoreUpkeep Due => write.HasDeleted || _mayHaveNotes ? StoreUpkeep.Step : StoreUpkeep.None;

    /// <summary>
    /// Does the next step. A session that is deleted while a pass goes over the log keeps its note, and the next pass finishes it.
    /// </summary>
    public void Run()
    {
        if (write.HasDeleted)
        {
            write.HasDeleted = false;
            _mayHaveNotes = true;
        }

        write.Begin([]);
        using (write)
        {
            _pass ??= FindPass();
            if (_pass is not { } pass)
            {
                _mayHaveNotes = false;
                write.Commit();
                return;
            }

            var end = Math.Min(pass.From + Range, pass.To);
            write.Run(
                """
                DELETE FROM event USING deleted_session AS gone
                WHERE event.lane = $1 AND event.n >= $2 AND event.n < $3
                  AND gone.id = event.session_id AND gone.lane = $1 AND event.n < gone.n
                """,
                Small(lane),
                Number(pass.From),
                Number(end));
            if (end >= pass.To)
                write.Run("DELETE FROM deleted_session WHERE lane = $1 AND n <= $2", Small(lane), Number(pass.To));
            write.Commit();
            _pass = end < pass.To ? (end, pass.To) : null;
        }
    }

    private (long From, long To)? FindPass() => write.Read<(long, long)?>(
        [
            Statement(
                "SELECT first, (SELECT max(n) FROM deleted_session AS gone WHERE gone.lane = $1) FROM lane WHERE id = $1", Small(lane)),
        ],
        static rows => rows.Read() && !rows.IsDBNull(1) ? (rows.GetInt64(0), rows.GetInt64(1)) : null);
}
