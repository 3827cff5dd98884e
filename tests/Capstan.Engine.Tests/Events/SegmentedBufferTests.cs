using System.Buffers;
using System.Text;
using Capstan.Engine.Events;
using FsCheck;
using FsCheck.Fluent;
using Xunit;

namespace Capstan.Engine.Tests.Events;

public sealed class SegmentedBufferTests
{
    [Fact]
    public void What_is_written_and_appended_comes_out_in_order() =>
        Check.QuickThrowOnFailure(Prop.ForAll(
            Gen.Choose(0, 40_000).Zip(Gen.Elements(true, false)).ListOf().Select(static list => list.ToList()).ToArbitrary(), static steps =>
            {
                var buffer = new SegmentedBuffer(16);
                using var expected = new MemoryStream();
                var earlier = new List<(ReadOnlySequence<byte> Sequence, int Length)>();
                for (var i = 0; i < steps.Count; i++)
                {
                    var bytes = Enumerable.Range(i, steps[i].Item1).Select(static number => (byte)number).ToArray();
                    expected.Write(bytes);
                    if (steps[i].Item2)
                        buffer.Append(new ReadOnlySequence<byte>(bytes));
                    else
                        buffer.Write(bytes);
                    if (i % 3 == 0)
                        earlier.Add((buffer.ToSequence(), (int)expected.Length));
                }

                var all = expected.ToArray();
                return buffer.Length == all.Length
                    && buffer.ToSequence().ToArray().AsSpan().SequenceEqual(all)
                    && earlier.TrueForAll(taken => taken.Sequence.ToArray().AsSpan().SequenceEqual(all.AsSpan(0, taken.Length)));
            }));

    [Theory]
    [InlineData(0)]
    [InlineData(5)]
    [InlineData(200_000)]
    public void A_splice_takes_the_place_of_what_it_replaces(int length)
    {
        var inner = new SegmentedBuffer();
        inner.Write(Encoding.UTF8.GetBytes(new string('x', length)));

        var spliced = SegmentedBuffer.Splice("before [null] behind"u8.ToArray(), 8, 4, inner.ToSequence());

        Assert.Equal($"before [{new string('x', length)}] behind", Encoding.UTF8.GetString(spliced));
    }
}
