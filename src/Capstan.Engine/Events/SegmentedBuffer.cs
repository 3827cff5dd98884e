using System.Buffers;

namespace Capstan.Engine.Events;

/// <summary>
/// A buffer whose bytes are never moved: it grows by new pieces instead of copies, and holds large pieces of others by reference.
/// A sequence that was taken from it (<see cref="ToSequence"/>) stays as it was while more is appended.
/// </summary>
/// <remarks>One thread appends; any thread may read a sequence that was handed to it.</remarks>
public sealed class SegmentedBuffer : IBufferWriter<byte>
{
    // Below 85,000 bytes: an array of that size is a large object to the runtime, which is slow to give such memory back.
    private const int LargestPiece = 64 * 1024;
    // A piece that is smaller than this costs less to copy than to refer to.
    private const int SmallestReference = 16 * 1024;

    private Segment? _first;
    private Segment? _last;
    private byte[] _piece = [];
    private int _start;
    private int _end;
    private int _nextPiece;

    /// <summary>Creates a buffer.</summary>
    /// <param name="size">How many bytes are expected.</param>
    public SegmentedBuffer(int size = 1024) => _nextPiece = size;

    /// <summary>How many bytes the buffer holds.</summary>
    public long Length => (_last?.End ?? 0) + _end - _start;

    /// <summary>
    /// Splices bytes into others: small ones are copied into one array of the exact size, large ones are held by reference.
    /// </summary>
    /// <param name="outer">The bytes that surround <paramref name="inner"/>.</param>
    /// <param name="index">The place in <paramref name="outer"/> where <paramref name="inner"/> goes.</param>
    /// <param name="replaced">How many bytes of <paramref name="outer"/> are replaced.</param>
    /// <param name="inner">The bytes that are put in.</param>
    public static ReadOnlySequence<byte> Splice(ReadOnlyMemory<byte> outer, int index, int replaced, in ReadOnlySequence<byte> inner)
    {
        var after = outer[(index + replaced)..];
        if (inner.Length < SmallestReference)
        {
            var whole = new byte[index + (int)inner.Length + after.Length];
            outer.Span[..index].CopyTo(whole);
            inner.CopyTo(whole.AsSpan(index));
            after.Span.CopyTo(whole.AsSpan(whole.Length - after.Length));
            return new ReadOnlySequence<byte>(whole);
        }

        var spliced = new SegmentedBuffer();
        spliced.Link(outer[..index]);
        foreach (var piece in inner)
            spliced.Link(piece);
        spliced.Link(after);
        return spliced.ToSequence();
    }

    /// <inheritdoc/>
    public void Advance(int count) => _end += count;

    /// <inheritdoc/>
    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        if (_piece.Length - _end < Math.Max(sizeHint, 1))
        {
            Seal();
            _piece = GC.AllocateUninitializedArray<byte>(Math.Max(Math.Min(_nextPiece, LargestPiece), sizeHint));
            _nextPiece = _piece.Length * 2;
            _start = _end = 0;
        }

        return _piece.AsMemory(_end);
    }

    /// <inheritdoc/>
    public Span<byte> GetSpan(int sizeHint = 0) => GetMemory(sizeHint).Span;

    /// <summary>Appends bytes that will not change: large pieces as they are, small ones as copies.</summary>
    public void Append(in ReadOnlySequence<byte> bytes)
    {
        foreach (var piece in bytes)
        {
            if (piece.Length < SmallestReference)
            {
                this.Write(piece.Span);
                continue;
            }

            Seal();
            Link(piece);
        }
    }

    /// <summary>All bytes that the buffer holds so far.</summary>
    public ReadOnlySequence<byte> ToSequence()
    {
        Seal();
        return _first is null ? default : new ReadOnlySequence<byte>(_first, 0, _last!, _last!.Memory.Length);
    }

    /// <summary>
    /// Makes a segment of what was written to the current piece; what is free of the piece is still written to.
    /// </summary>
    private void Seal()
    {
        if (_end > _start)
            Link(_piece.AsMemory(_start, _end - _start));
        _start = _end;
    }

    private void Link(ReadOnlyMemory<byte> bytes)
    {
        if (bytes.IsEmpty)
            return;
        _last = new Segment(bytes, _last);
        _first ??= _last;
    }

    private sealed class Segment : ReadOnlySequenceSegment<byte>
    {
        public Segment(ReadOnlyMemory<byte> bytes, Segment? previous)
        {
            Memory = bytes;
            RunningIndex = previous?.End ?? 0;
            if (previous is not null)
                previous.Next = this;
        }

        public long End => RunningIndex + Memory.Length;
    }
}
