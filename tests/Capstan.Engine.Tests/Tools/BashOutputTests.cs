using Capstan.Engine.Configuration;
using Capstan.Engine.Tools.Bash;
using Xunit;

namespace Capstan.Engine.Tests.Tools;

/// <summary>What is kept of a command's output: in memory, in a file, and for those who watch.</summary>
public sealed class BashOutputTests : ToolTest
{
    private const string GoesOn = "\n[The output went on; no more of it is kept.]\n";

    [Theory]
    [InlineData(10, 100, "123456789\n", false)]
    [InlineData(9, 100, "123456789\n", true)]
    [InlineData(10, 100, "äöüäö", false)]
    [InlineData(9, 100, "äöüäö", true)]
    [InlineData(100, 3, "1\n2\n", false)]
    [InlineData(100, 3, "1\n2\n3\n", true)]
    public async Task Output_goes_to_a_file_from_the_first_byte_or_line_over_the_limits(int bytes, int lines, string text, bool isLong)
    {
        await using var output = new BashOutput(Limited(bytes, lines));
        foreach (var character in text)
            await output.AppendAsync(character.ToString().AsMemory());

        Assert.Equal(isLong, output.OutputPath is not null);
        Assert.Equal(isLong, output.Result() != text);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(20)]
    [InlineData(1000)]
    public async Task The_file_of_an_endless_command_ends_at_its_limit_and_says_so_once(int chunk)
    {
        var text = string.Concat(Enumerable.Range(0, 100).Select(static i => $"{i} "));
        var output = new BashOutput(Limited(5, 100), maxFileCharacters: 40);
        await using (output)
        {
            foreach (var piece in text.Chunk(chunk))
                await output.AppendAsync(piece);
        }

        Assert.Equal(text[..40] + GoesOn, await File.ReadAllTextAsync(output.OutputPath!, Cancel));
        Assert.EndsWith(text[^6..], output.Preview(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_that_just_fits_is_whole()
    {
        var text = new string('x', 40);
        var output = new BashOutput(Limited(5, 100), maxFileCharacters: 40);
        await using (output)
            await output.AppendAsync(text.AsMemory());

        Assert.Equal(text, await File.ReadAllTextAsync(output.OutputPath!, Cancel));
    }

    [Fact]
    public async Task Each_report_adds_what_is_new_and_nothing_where_that_is_more_than_is_shown()
    {
        await using var output = new BashOutput(Context);
        await output.AppendAsync("one ".AsMemory());
        await output.AppendAsync("two ".AsMemory());
        Assert.Equal(("one two ", "one two "), output.Report());
        await output.AppendAsync("three".AsMemory());
        Assert.Equal(("one two three", "three"), output.Report());
        Assert.Equal(("one two three", ""), output.Report());

        await output.AppendAsync(new string('x', BashOutput.PreviewLength).AsMemory());
        Assert.Equal(("...\n\n" + new string('x', BashOutput.PreviewLength), new string('x', BashOutput.PreviewLength)), output.Report());
        await output.AppendAsync(new string('y', BashOutput.PreviewLength + 1).AsMemory());
        Assert.Equal(("...\n\n" + new string('y', BashOutput.PreviewLength), null), output.Report());
    }

    private RecordingContext Limited(int bytes, int lines) => new()
    {
        SessionID = "ses_1", MessageID = "msg_1", CallID = "call_1", ProcessMark = Root, Agent = "build",
        Directory = Root, Worktree = Root, Limits = new ToolLimits(lines, bytes), OutputDirectory = Outside,
    };
}
