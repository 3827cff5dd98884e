using System.Buffers;
using System.Runtime.InteropServices;
using Microsoft.Data.Sqlite;

namespace Capstan.Engine.Storage.Sqlite;

/// <summary>How values reach the database: small ones bound to a statement, large ones piece by piece.</summary>
internal static class SqliteValue
{
    // In bytes; from here on a value is written in pieces.
    private const int LargeValue = 256 * 1024;

    /// <summary>Whether a value is written in pieces: its row gets room for it first, which <see cref="Fill"/> fills.</summary>
    public static bool IsLarge(in ReadOnlySequence<byte> value) => value.Length >= LargeValue;

    /// <summary>The bytes as an array of just them: the library takes nothing else.</summary>
    public static byte[] Bytes(in ReadOnlySequence<byte> bytes) =>
        bytes.IsSingleSegment && MemoryMarshal.TryGetArray(bytes.First, out var piece) && piece.Count == piece.Array!.Length
            ? piece.Array
            : bytes.ToArray();

    /// <summary>
    /// Writes a value into the room that its row was given, piece by piece: bound to a statement it would be copied whole, and so would
    /// its room by one that returns or replaces something.
    /// </summary>
    public static void Fill(SqliteConnection connection, string table, long row, in ReadOnlySequence<byte> value)
    {
        using var blob = new SqliteBlob(connection, table, "data", row);
        foreach (var piece in value)
            blob.Write(piece.Span);
    }
}
