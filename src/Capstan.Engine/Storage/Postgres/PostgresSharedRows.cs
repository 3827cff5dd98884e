using System.Security.Cryptography;
using System.Text;
using Npgsql;
using static Capstan.Engine.Storage.Postgres.PostgresValue;

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

    public void AddApproval(ApprovalRow row) => _approvals.Add(Statement(
        """
        INSERT INTO approval (id, directory, permission, pattern, digest, time_created) VALUES ($1, $2, $3, $4, $5, $6)
        ON CONFLICT DO NOTHING
        """,
        Text(row.ID),
        Text(row.Directory),
        Text(row.Rule.Permission),
        Text(row.Rule.Pattern),
        Bytes(Digest(row)),
        Number(row.Created)));

    public void RemoveApproval(string id) => _approvals.Add(Statement("DELETE FROM approval WHERE id = $1", Text(id)));

    /// <summary>Hands the changes over, in the order in which they are to be sent.</summary>
    public void MoveTo(PostgresLink link)
    {
        foreach (var (id, data) in _projects)
        {
            link.Add(Statement(
                "INSERT INTO project VALUES ($1, $2) ON CONFLICT (id) DO UPDATE SET data = excluded.data",
                Text(id),
                Bytes(data)));
        }

        // A SELECT would return a row in front of those that a read waits for.
        if (_approvals.Count > 0)
            link.Add(Statement("CALL lock_for_write($1)", Number(ApprovalsKey)));
        foreach (var statement in _approvals)
            link.Add(statement);
        Clear();
    }

    public void Clear()
    {
        _projects.Clear();
        _approvals.Clear();
    }

    private static byte[] Digest(ApprovalRow row) =>
        SHA256.HashData(Encoding.UTF8.GetBytes($"{row.Directory}\0{row.Rule.Permission}\0{row.Rule.Pattern}"));
}
