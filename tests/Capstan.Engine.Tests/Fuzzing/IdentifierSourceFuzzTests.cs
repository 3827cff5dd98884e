using Capstan.Contract;
using Capstan.Testing.Time;
using FsCheck;
using FsCheck.Fluent;
using Xunit;

namespace Capstan.Engine.Tests.Fuzzing;

/// <summary>Identifiers, whatever the clock does.</summary>
public sealed class IdentifierSourceFuzzTests
{
    [Fact]
    public void Identifiers_ascend_and_are_unique_even_where_the_clock_steps_back() => Prop.ForAll(
        ArbMap.Default.ArbFor<int[]>(),
        static steps =>
        {
            var time = new SimulatedTime(new DateTimeOffset(2030, 1, 1, 0, 0, 0, TimeSpan.Zero));
            var source = new IdentifierSource(time, seed: 1);
            var ascending = new List<string>();
            var descending = new List<string>();
            foreach (var step in steps)
            {
                time.Jump(TimeSpan.FromMilliseconds(step));
                for (var i = 0; i < 3; i++)
                {
                    ascending.Add(source.NewMessage());
                    descending.Add(source.NewSession());
                }
            }

            return ascending.SequenceEqual(ascending.Order(StringComparer.Ordinal))
                && descending.SequenceEqual(descending.OrderDescending(StringComparer.Ordinal))
                && ascending.Concat(descending).Distinct().Count() == ascending.Count + descending.Count
                && ascending.TrueForAll(static id => id.Length == 30 && id.StartsWith("msg_", StringComparison.Ordinal));
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void More_identifiers_than_a_millisecond_has_room_for_still_ascend()
    {
        var source = new IdentifierSource(new SimulatedTime(new DateTimeOffset(2030, 1, 1, 0, 0, 0, TimeSpan.Zero)), seed: 1);
        var ids = Enumerable.Range(0, 20_000).Select(_ => source.NewEvent()).ToList();
        Assert.Equal(ids.Order(StringComparer.Ordinal), ids);
        Assert.Equal(ids.Count, ids.Distinct().Count());
    }
}
