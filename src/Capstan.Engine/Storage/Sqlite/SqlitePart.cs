namespace Capstan.Engine.Storage.Sqlite;

/// <summary>A part as it was put, without what was appended.</summary>
/// <param name="MessageID">Its message.</param>
/// <param name="ID">Its identifier.</param>
/// <param name="Json">Its JSON.</param>
internal readonly record struct SqlitePart(string MessageID, string ID, ReadOnlyMemory<byte> Json);
