namespace Capstan.Engine.Storage.Sqlite;

/// <summary>The one lane of a SQLite store: a database file has one writer.</summary>
internal sealed class SqliteLane(SqliteWriter writer, SqliteUpkeep upkeep) : IStoreLane
{
    public StoreUpkeep Upkeep => upkeep.Due;

    public void RunUpkeep() => upkeep.Run();

    public IStoreTransaction Begin(IReadOnlyList<string> sessions)
    {
        writer.Begin();
        return writer;
    }
}
