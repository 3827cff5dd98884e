namespace Capstan.Bench.Processes;

/// <summary>User and system time, in milliseconds, of a server and of the database server that it uses.</summary>
/// <param name="Server">The server's process tree.</param>
/// <param name="Database">All processes of the database server; null where the server has none.</param>
internal readonly record struct ProcessorTime(double Server, double? Database)
{
    /// <summary>What was used since an earlier reading.</summary>
    public ProcessorTime Since(ProcessorTime before) => new(Server - before.Server, Database - before.Database);

    /// <summary>The share of one request.</summary>
    public ProcessorTime Each(int requests) => new(Server / requests, Database / requests);
}
