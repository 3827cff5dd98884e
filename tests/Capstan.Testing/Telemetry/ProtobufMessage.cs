using System.Text;

namespace Capstan.Testing.Telemetry;

/// <summary>A message in the protocol buffers encoding, read without its schema: fields by number.</summary>
public sealed class ProtobufMessage
{
    private readonly List<(int Number, ReadOnlyMemory<byte> Bytes)> _fields = [];

    /// <summary>Reads a message.</summary>
    /// <exception cref="FormatException">It is none.</exception>
    public ProtobufMessage(ReadOnlyMemory<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            var tag = ReadNumber(ref bytes);
            var length = (tag & 7) switch
            {
                0 => 0,
                1 => 8,
                2 => (int)ReadNumber(ref bytes),
                5 => 4,
                _ => throw new FormatException($"No wire type: {tag & 7}"),
            };
            if ((tag & 7) == 0)
            {
                ReadNumber(ref bytes);
                continue;
            }

            if (length > bytes.Length)
                throw new FormatException("A field ends behind its message.");
            _fields.Add(((int)(tag >> 3), bytes[..length]));
            bytes = bytes[length..];
        }
    }

    /// <summary>The messages in a repeated field.</summary>
    public IEnumerable<ProtobufMessage> Messages(int number) => Fields(number).Select(static bytes => new ProtobufMessage(bytes));

    /// <summary>The text in a field; empty where it is not there.</summary>
    public string Text(int number) => Encoding.UTF8.GetString(Fields(number).LastOrDefault().Span);

    /// <summary>The bytes in a field as hexadecimal digits; empty where it is not there.</summary>
    public string Hex(int number) => Convert.ToHexStringLower(Fields(number).LastOrDefault().Span);

    private IEnumerable<ReadOnlyMemory<byte>> Fields(int number) =>
        _fields.Where(field => field.Number == number).Select(static field => field.Bytes);

    private static ulong ReadNumber(ref ReadOnlyMemory<byte> bytes)
    {
        var value = 0UL;
        for (var shift = 0; shift < 64; shift += 7)
        {
            if (bytes.IsEmpty)
                break;
            var next = bytes.Span[0];
            bytes = bytes[1..];
            value |= (ulong)(next & 0x7f) << shift;
            if (next < 0x80)
                return value;
        }

        throw new FormatException("A number does not end.");
    }
}
