using System.Globalization;
using Npgsql;
using static Capstan.Engine.Storage.Postgres.PostgresValue;

namespace Capstan.Engine.Storage.Postgres;

/// <summary>Lists sessions. A query holds only the conditions that filter, so that each form of it has a plan that fits.</summary>
internal static class PostgresSessions
{
    public static NpgsqlBatchCommand Statement(SessionQuery query)
    {
        var conditions = new List<string>();
        var values = new List<NpgsqlParameter>();
        Filter("project_id = #", query.ProjectID is { } project ? Text(project) : null);
        Filter("directory = #", query.Directory is { } directory ? Text(directory) : null);
        Filter("(path = # OR starts_with(path, # || '/'))", query.Path is { } path ? Text(path) : null);
        Filter("parent_id = #", query.ParentID is { } parent ? Text(parent) : null);
        Filter("time_updated >= #", query.UpdatedSince is { } since ? Number(since) : null);
        // The letters of ASCII, as in the other stores: the locale of the database must not decide.
        Filter("strpos(lower(title), lower(# COLLATE \"C\")) > 0", query.Search is { } search ? Text(search) : null);
        if (query.RootsOnly)
            conditions.Add("parent_id IS NULL");
        var where = conditions.Count == 0 ? "" : $"WHERE {string.Join(" AND ", conditions)}";
        values.Add(Number(query.Limit));
        return PostgresValue.Statement(
            string.Create(
                CultureInfo.InvariantCulture,
                $"SELECT {StoredRows.SessionColumns} FROM session {where} ORDER BY time_updated DESC, id LIMIT ${values.Count}"),
            [.. values]);

        void Filter(string condition, NpgsqlParameter? value)
        {
            if (value is null)
                return;
            values.Add(value);
            conditions.Add(condition.Replace("#", string.Create(CultureInfo.InvariantCulture, $"${values.Count}"), StringComparison.Ordinal));
        }
    }
}
