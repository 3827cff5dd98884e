namespace Capstan.Testing.Stores.Postgres;

/// <summary>A database of a <see cref="PostgresServer"/>, and the ways to name it. They stay the same when the server starts again.</summary>
/// <param name="Name">The database's name.</param>
/// <param name="Url">A <c>postgres://</c> URL over loopback TCP.</param>
/// <param name="SocketUrl">A <c>postgres://</c> URL over the Unix socket, whose directory is the parameter <c>host</c> as in libpq.</param>
/// <param name="ConnectionString">What Npgsql takes, over the Unix socket.</param>
public sealed record PostgresDatabase(string Name, string Url, string SocketUrl, string ConnectionString);
