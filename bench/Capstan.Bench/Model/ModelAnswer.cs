namespace Capstan.Bench.Model;

/// <summary>What the scripted model answers to one request.</summary>
/// <param name="Bytes">The body.</param>
/// <param name="ContentType">Its type.</param>
internal sealed record ModelAnswer(ReadOnlyMemory<byte> Bytes, string ContentType)
{
    /// <summary>Whether the answer is never ended.</summary>
    public bool StaysOpen { get; init; }

    /// <summary>How many answers of this kind go on together after their first quarter; 0 is sent in one write.</summary>
    public int Together { get; init; }
}
