namespace Capstan.Contract;

/// <summary>
/// Makes the identifiers of the wire: a prefix, an underscore, 12 hexadecimal digits of time and count, and 14 random base-62
/// characters. The identifiers of one source ascend (those of sessions descend), so that clients can sort and search by them.
/// </summary>
/// <remarks>
/// The digits are the low 48 bits of <c>milliseconds * 4096 + count</c>, complemented where the order is descending. Only 36 bits
/// are left for the milliseconds, so the order wraps about every 795 days: never order messages by their identifiers alone.
/// </remarks>
public sealed class IdentifierSource
{
    private const string Alphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    private readonly TimeProvider _time;
    private readonly Random? _seeded;
    private readonly Lock _lock = new();
    private long _lastMillisecond;
    private int _count;

    /// <summary>Creates a source.</summary>
    /// <param name="time">The clock for the digits of time.</param>
    /// <param name="seed">
    /// A seed that makes the random characters repeatable, for tests; null takes the system's generator.
    /// </param>
    public IdentifierSource(TimeProvider time, int? seed = null)
    {
        _time = time;
        _seeded = seed is { } value ? new Random(value) : null;
    }

    /// <summary>Makes the identifier of a session.</summary>
    public string NewSession() => New(IdentifierPrefix.Session, descending: true);

    /// <summary>Makes the identifier of a message.</summary>
    public string NewMessage() => New(IdentifierPrefix.Message);

    /// <summary>Makes the identifier of a part.</summary>
    public string NewPart() => New(IdentifierPrefix.Part);

    /// <summary>Makes the identifier of a permission request.</summary>
    public string NewPermission() => New(IdentifierPrefix.Permission);

    /// <summary>Makes the identifier of a standing approval.</summary>
    public string NewApproval() => New(IdentifierPrefix.Approval);

    /// <summary>Makes the identifier of an event.</summary>
    public string NewEvent() => New(IdentifierPrefix.Event);

    /// <summary>Makes the identifier of a turn.</summary>
    public string NewTurn() => New(IdentifierPrefix.Turn);

    /// <summary>Makes an identifier with any prefix.</summary>
    /// <param name="prefix">One of <see cref="IdentifierPrefix"/>.</param>
    /// <param name="descending">Whether later identifiers sort before earlier ones.</param>
    public string New(string prefix, bool descending = false)
    {
        Span<byte> tail = stackalloc byte[14];
        long value;
        lock (_lock)
        {
            var now = _time.GetUtcNow().ToUnixTimeMilliseconds();
            if (now > _lastMillisecond)
            {
                _lastMillisecond = now;
                _count = 0;
            }

            // When the clock steps back, identifiers must not descend, so the count goes on in the last millisecond seen.
            value = _lastMillisecond * 4096 + ++_count;
            if (_seeded is not null)
                _seeded.NextBytes(tail);
            else
                System.Security.Cryptography.RandomNumberGenerator.Fill(tail);
        }

        if (descending)
            value = ~value;
        return string.Create(prefix.Length + 27, new Source(prefix, value & 0xFFFF_FFFF_FFFF, tail), static (span, source) =>
        {
            source.Prefix.CopyTo(span);
            span[source.Prefix.Length] = '_';
            var rest = span[(source.Prefix.Length + 1)..];
            source.Value.TryFormat(rest, out _, "x12");
            for (var i = 0; i < 14; i++)
                rest[12 + i] = Alphabet[source.Tail[i] % 62];
        });
    }

    private readonly ref struct Source(string prefix, long value, ReadOnlySpan<byte> tail)
    {
        public readonly string Prefix = prefix;
        public readonly long Value = value;
        public readonly ReadOnlySpan<byte> Tail = tail;
    }
}
