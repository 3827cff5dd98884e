namespace Capstan.Engine.Storage.Postgres;

/// <summary>
/// The changes of a write that are not sent yet, by table: several rows in one statement cost the server less than a statement each,
/// and of a row that changes several times only the last is sent.
/// </summary>
internal sealed class PostgresChanges(int lane)
{
    public PostgresSessionChanges Sessions { get; } = new();

    public PostgresMessageChanges Messages { get; } = new();

    public PostgresPartChanges Parts { get; } = new();

    public PostgresInboxChanges Inbox { get; } = new();

    public PostgresEvents Events { get; } = new(lane);

    public PostgresSharedRows Shared { get; } = new();

    /// <summary>Hands over what a read or a statement that follows may look at.</summary>
    public void MoveRowsTo(PostgresLink link)
    {
        Sessions.MoveTo(link);
        Messages.MoveTo(link);
        Parts.MoveTo(link);
        Inbox.MoveTo(link);
    }

    /// <summary>Hands everything over, at the end of the write.</summary>
    public void MoveTo(PostgresLink link)
    {
        MoveRowsTo(link);
        Events.MoveTo(link);
        Shared.MoveTo(link);
    }

    /// <summary>Drops everything, because the write is undone.</summary>
    public void Clear()
    {
        Sessions.Clear();
        Messages.Clear();
        Parts.Clear();
        Inbox.Clear();
        Events.Clear();
        Shared.Clear();
    }
}
