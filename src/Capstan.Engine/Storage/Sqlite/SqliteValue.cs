using System.Buffers;
using System.Runtime.InteropServices;
using Microsoft.Data.Sqlite;

namespace Capstan.Engine.Storage.Sqlite;

/// <summary>Writes values into the database: small values bound to a statement, large ones piece by piece.</summary>
internal static class SqliteValue
{
    // In bytes: values of this size and above are written in pieces.
    private const int LargeValue = 256 * 1024;

    /// <summary>
    /// Whether a value is written in pieces: its row is inserted with room for the value, and <see cref="Fill"/> fills that room.
    /// </summary>
    public static bool IsLarge(in ReadOnlySequence<byte> value) => value.Length >= LargeValue;

    /// <summary>
    /// Returns the bytes as an array that holds nothing else, because the SQLite library takes only such arrays.
    /// </summary>
    public static byte[] Bytes(in ReadOnlySequence<byte> bytes) =>
        bytes.IsSingleSegment && MemoryMarshal.TryGetArray(bytes.First, out var piece) && piece.Count == piece.Array!.Length
            ? piece.Array
            : bytes.ToArray();

    /// <summary>
    /// Writes a value piece by piece into the room that its row has for it. Bound to a statement, the value would be copied
    /// whole; a statement that returns or replaces a row would copy the room whole, too.
    /// </summary>
    public static void Fill(SqliteConnection connection, string table, long row, in ReadOnlySequence<byte> value)
    {
        using var blob = new SqliteBlob(connection, table, "data", row);
        foreach (var piece in value)
            blob.Write(piece.Span);
    }
}
