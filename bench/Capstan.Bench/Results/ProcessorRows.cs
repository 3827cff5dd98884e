using Capstan.Bench.Processes;

namespace Capstan.Bench.Results;

/// <summary>A row of processor time, and a second one of the database server's, for servers that use one.</summary>
internal sealed class ProcessorRows(string title)
{
    private readonly Row _server = new(title, "ms");
    private readonly Row _database = new($"{title}, PostgreSQL", "ms");

    /// <summary>Both rows.</summary>
    public IReadOnlyList<Row> Rows => [_server, _database];

    /// <summary>The figures of one server. What PostgreSQL used has none where there is no PostgreSQL.</summary>
    public IEnumerable<Figure> Figures(ProcessorTime time, string samples)
    {
        yield return new Figure(_server, time.Server, samples);
        if (time.Database is { } used)
            yield return new Figure(_database, used, samples);
    }
}
