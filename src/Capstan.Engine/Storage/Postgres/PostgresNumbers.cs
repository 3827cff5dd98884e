namespace Capstan.Engine.Storage.Postgres;

/// <summary>How far the events of a lane have come.</summary>
/// <param name="Last">The number of the newest event; 0 before the first.</param>
/// <param name="Bytes">The bytes of all events up to it, those that are not kept any more included.</param>
internal readonly record struct PostgresNumbers(long Last, long Bytes);
