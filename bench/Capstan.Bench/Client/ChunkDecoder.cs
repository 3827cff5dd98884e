namespace Capstan.Bench.Client;

/// <summary>
/// Takes the chunk framing of HTTP/1.1 out of a stream, in place, so that what is looked for is never cut by a chunk header.
/// <code>
/// Size ──'\n'──► Data ──all read──► Gap ──'\n'──► Size        Size 0 ──► Ended
/// </code>
/// </summary>
internal sealed class ChunkDecoder
{
    private State _state;
    private int _remaining;
    private bool _extension;

    private enum State
    {
        Size,
        Data,
        Gap,
        Ended,
    }

    /// <summary>Moves the payload to the front of <paramref name="buffer"/> and returns its length.</summary>
    public int Decode(Span<byte> buffer)
    {
        var written = 0;
        for (var read = 0; read < buffer.Length;)
        {
            switch (_state)
            {
                case State.Data:
                    var take = Math.Min(_remaining, buffer.Length - read);
                    buffer.Slice(read, take).CopyTo(buffer[written..]);
                    written += take;
                    read += take;
                    _remaining -= take;
                    if (_remaining == 0)
                        _state = State.Gap;
                    break;
                case State.Gap:
                    if (buffer[read++] == '\n')
                        _state = State.Size;
                    break;
                case State.Size:
                    ReadSize(buffer[read++]);
                    break;
                default:
                    return written;
            }
        }

        return written;
    }

    private void ReadSize(byte character)
    {
        if (character == '\n')
        {
            _state = _remaining == 0 ? State.Ended : State.Data;
            _extension = false;
        }
        else if (character == ';')
        {
            _extension = true;
        }
        else if (!_extension && character != '\r')
        {
            _remaining = _remaining * 16 + Convert.ToInt32(((char)character).ToString(), 16);
        }
    }
}
