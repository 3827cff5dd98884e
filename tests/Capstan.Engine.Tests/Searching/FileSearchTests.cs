using System.Text;
using Capstan.Engine.Searching;
using Xunit;

namespace Capstan.Engine.Tests.Searching;

/// <summary>How lines of a file are found, and where a search ends.</summary>
public sealed class FileSearchTests : IDisposable
{
    private readonly string _path = Path.GetTempFileName();

    public void Dispose() => File.Delete(_path);

    [Fact]
    public void A_search_that_is_given_up_ends_before_the_next_line()
    {
        File.WriteAllText(_path, "needle 1\nneedle 2\nneedle 3\n");
        using var stop = new CancellationTokenSource();
        var read = 0;
        var search = new FileSearch<int>(TextPattern.Parse("needle"), 10, (_, _, _) =>
        {
            stop.Cancel();
            return ++read;
        });

        Assert.ThrowsAny<OperationCanceledException>(() => search.Search(_path, stop.Token));

        Assert.Equal(1, read);
    }

    [Theory]
    [InlineData("needle")]
    [InlineData("n[e]+dle")]
    public void Lines_have_their_numbers_and_offsets_also_far_into_a_file(string pattern)
    {
        // Longer than the buffer, with lines that lie across its borders.
        var filler = string.Concat(Enumerable.Repeat(new string('ü', 500) + "\n", 1_000));
        File.WriteAllText(_path, $"needle\n{filler}a needle\n\nneedle");

        var found = new FileSearch<(long, long, string)>(
            TextPattern.Parse(pattern), 10, static (number, offset, line) => (number, offset, Encoding.UTF8.GetString(line)))
            .Search(_path, TestContext.Current.CancellationToken);

        Assert.Equal([(1, 0, "needle\n"), (1_002, 1_001_007, "a needle\n"), (1_004, 1_001_017, "needle")], found);
    }

    [Fact]
    public void A_byte_order_mark_is_no_part_of_the_first_line()
    {
        File.WriteAllText(_path, "needle\nneedle", new UTF8Encoding(encoderShouldEmitUTF8Identifier: true));

        var found = new FileSearch<(long, string)>(
            TextPattern.Parse("^needle$"), 10, static (_, offset, line) => (offset, Encoding.UTF8.GetString(line)))
            .Search(_path, TestContext.Current.CancellationToken);

        Assert.Equal([(3, "needle\n"), (10, "needle")], found);
    }
}
