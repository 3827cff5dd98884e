using System.Buffers;
using System.Runtime.InteropServices;
using System.Text;
using Npgsql;
using NpgsqlTypes;

namespace Capstan.Engine.Storage.Postgres;

/// <summary>Makes statements with typed parameters, which Npgsql writes without boxing and without asking for their types.</summary>
internal static class PostgresValue
{
    // PostgreSQL's text cannot hold U+0000, and UTF-8 cannot hold half of a surrogate pair. Both stay in the JSON, which is the truth.
    private static readonly SearchValues<char> Suspicious = SearchValues.Create(
        ['\0', .. Enumerable.Range(0xD800, 0x800).Select(static code => (char)code)]);

    /// <summary>A statement whose parameters are <c>$1</c>, <c>$2</c>, ….</summary>
    public static NpgsqlBatchCommand Statement(string sql, params ReadOnlySpan<NpgsqlParameter> parameters)
    {
        var statement = new NpgsqlBatchCommand(sql);
        foreach (var parameter in parameters)
            statement.Parameters.Add(parameter);
        return statement;
    }

    /// <summary>The same statement once more: a statement and its parameters can be sent only once.</summary>
    public static NpgsqlBatchCommand Again(NpgsqlBatchCommand statement)
    {
        var again = new NpgsqlBatchCommand(statement.CommandText);
        foreach (NpgsqlParameter parameter in statement.Parameters)
            again.Parameters.Add(parameter.Clone());
        return again;
    }

    public static NpgsqlParameter Text(string? value) => value is null
        ? Null(NpgsqlDbType.Text)
        : new NpgsqlParameter<string> { TypedValue = Storable(value), NpgsqlDbType = NpgsqlDbType.Text };

    public static NpgsqlParameter Number(long? value) => value is { } number
        ? new NpgsqlParameter<long> { TypedValue = number, NpgsqlDbType = NpgsqlDbType.Bigint }
        : Null(NpgsqlDbType.Bigint);

    public static NpgsqlParameter Integer(int value) => new NpgsqlParameter<int> { TypedValue = value, NpgsqlDbType = NpgsqlDbType.Integer };

    public static NpgsqlParameter Small(int value) =>
        new NpgsqlParameter<short> { TypedValue = (short)value, NpgsqlDbType = NpgsqlDbType.Smallint };

    public static NpgsqlParameter Flag(bool value) => new NpgsqlParameter<bool> { TypedValue = value, NpgsqlDbType = NpgsqlDbType.Boolean };

    public static NpgsqlParameter Bytes(byte[]? value) => value is null
        ? Null(NpgsqlDbType.Bytea)
        : new NpgsqlParameter<byte[]> { TypedValue = value, NpgsqlDbType = NpgsqlDbType.Bytea };

    public static NpgsqlParameter Texts(IEnumerable<string?> values) =>
        Column(values.Select(static value => value is null ? null : Storable(value)), NpgsqlDbType.Text);

    public static NpgsqlParameter Numbers(IEnumerable<long> values) => Column(values, NpgsqlDbType.Bigint);

    public static NpgsqlParameter Numbers(IEnumerable<long?> values) => Column(values, NpgsqlDbType.Bigint);

    public static NpgsqlParameter Integers(IEnumerable<int> values) => Column(values, NpgsqlDbType.Integer);

    public static NpgsqlParameter Integers(IEnumerable<int?> values) => Column(values, NpgsqlDbType.Integer);

    public static NpgsqlParameter Flags(IEnumerable<bool> values) => Column(values, NpgsqlDbType.Boolean);

    public static NpgsqlParameter Flags(IEnumerable<bool?> values) => Column(values, NpgsqlDbType.Boolean);

    public static NpgsqlParameter ByteArrays(IEnumerable<byte[]?> values) => Column(values, NpgsqlDbType.Bytea);

    /// <inheritdoc cref="Array"/>
    public static NpgsqlParameter Bytes(in ReadOnlySequence<byte> value) => Bytes(Array(value));

    /// <summary>Bytes that do not change any more. They are copied only where they are in several pieces or part of a larger array.</summary>
    public static byte[] Array(in ReadOnlySequence<byte> value) =>
        value.IsSingleSegment && MemoryMarshal.TryGetArray(value.First, out var piece) && piece.Count == piece.Array!.Length
            ? piece.Array
            : value.ToArray();

    /// <summary>A text as PostgreSQL can store it.</summary>
    public static string Storable(string text)
    {
        if (!text.AsSpan().ContainsAny(Suspicious))
            return text;
        var storable = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes())
            storable.Append(rune.Value == 0 ? Rune.ReplacementChar : rune);
        return storable.ToString();
    }

    /// <summary>One column of several rows, which <c>unnest</c> makes rows of again.</summary>
    private static NpgsqlParameter<T[]> Column<T>(IEnumerable<T> values, NpgsqlDbType type) =>
        new() { TypedValue = [.. values], NpgsqlDbType = NpgsqlDbType.Array | type };

    private static NpgsqlParameter Null(NpgsqlDbType type) => new() { Value = DBNull.Value, NpgsqlDbType = type };
}
