using System.Globalization;

namespace Capstan.Engine.Storage.Sqlite;

/// <summary>
/// Lists sessions. A query holds only the conditions that filter: SQLite would use no index for <c>$0 IS NULL OR …</c>.
/// </summary>
internal static class SqliteSessions
{
    public static List<SessionRow> List(SqliteReader reader, SessionQuery query)
    {
        var conditions = new List<string>();
        var values = new List<object?>();
        Filter("project_id = #", query.ProjectID);
        Filter("directory = #", query.Directory);
        Filter("(path = # OR substr(path, 1, length(#) + 1) = # || '/')", query.Path);
        Filter("parent_id = #", query.ParentID);
        Filter("time_updated >= #", query.UpdatedSince);
        Filter("instr(lower(title), lower(#)) > 0", query.Search);
        if (query.RootsOnly)
            conditions.Add("parent_id IS NULL");
        var where = conditions.Count == 0 ? "" : $"WHERE {string.Join(" AND ", conditions)}";
        values.Add(query.Limit);
        var sql = string.Create(
            CultureInfo.InvariantCulture,
            $"SELECT {StoredRows.SessionColumns} FROM session {where} ORDER BY time_updated DESC, id LIMIT ${values.Count - 1}");
        return SqliteRows.All(reader.Query(sql, [.. values]), StoredRows.Session);

        void Filter(string condition, object? value)
        {
            if (value is null)
                return;
            conditions.Add(condition.Replace("#", string.Create(CultureInfo.InvariantCulture, $"${values.Count}"), StringComparison.Ordinal));
            values.Add(value);
        }
    }
}
