using Npgsql;

namespace Capstan.Engine.Storage.Postgres;

/// <summary>
/// The changes of a write to rows that several lanes write: projects and standing approvals. They are sent at the end of the write and
/// in one order, so that two lanes wait for each other's rows briefly, and never each for the other's.
/// </summary>
internal sealed class PostgresSharedRows
{
    // "capstan" and a number in ASCII. One lane changes approvals at a time: adding and revoking go by different keys.
    private const long ApprovalsKey = 0x6361707374616e31;

    private readonly SortedDictionary<string, byte[]> _projects = new(StringComparer.Ordinal);
    private readonly List<NpgsqlBatchCommand> _approvals = [];

    public void PutProject(string id, byte[] data) => _projects[id] = data;

    public void ChangeApprovals(NpgsqlBatchCommand statement) => _approvals.Add(statement);

    /// <summary>Hands the changes over, in the order in which they are to be sent.</summary>
    public void MoveTo(PostgresLink link)
    {
        foreach (var (id, data) in _projects)
        {
            link.Add(PostgresValue.Statement(
                "INSERT INTO project VALUES ($1, $2) ON CONFLICT (id) DO UPDATE SET data = excluded.data",
                PostgresValue.Text(id),
                PostgresValue.Bytes(data)));
        }

        // A SELECT would return a row in front of those that a read waits for.
        if (_approvals.Count > 0)
            link.Add(PostgresValue.Statement("CALL lock_for_write($1)", PostgresValue.Number(ApprovalsKey)));
        foreach (var statement in _approvals)
            link.Add(statement);
        Clear();
    }

    public void Clear()
    {
        _projects.Clear();
        _approvals.Clear();
    }
}
