using System.Text.Json.Nodes;
using Capstan.Engine.Tools.Bash;
using Xunit;

namespace Capstan.Engine.Tests.Tools;

/// <summary>What the model is told of a long output is true: that it was saved only where it was.</summary>
public sealed class SavedOutputTests : ToolTest
{
    [Fact]
    public async Task An_output_that_is_saved_whole_says_so()
    {
        var result = await RunAsync("bash", new JsonObject { ["command"] = "seq 1 5000" });
        Assert.Contains($"Full output saved to: {Path.Combine(Outside, "tool_1")}", result.Output, StringComparison.Ordinal);
        Assert.Equal(5000, File.ReadLines(Path.Combine(Outside, "tool_1")).Count());
    }

    [Theory]
    [InlineData(5_000)]
    [InlineData(100_000)]
    public async Task An_output_for_which_the_disk_has_no_room_does_not_claim_to_be_saved(int lines)
    {
        File.CreateSymbolicLink(Path.Combine(Outside, "tool_1"), "/dev/full");
        var result = await RunAsync("bash", new JsonObject { ["command"] = $"seq 1 {lines}; echo the end" });
        Assert.DoesNotContain("Full output saved", result.Output, StringComparison.Ordinal);
        Assert.Contains("Not all of the output was saved (No space left on device", result.Output, StringComparison.Ordinal);
        // The command was heard to its end all the same.
        Assert.EndsWith($"{lines}\nthe end\n", result.Output, StringComparison.Ordinal);
        Assert.Equal(0, (int?)result.Metadata["exit"]);
    }

    [Fact]
    public async Task An_output_that_was_given_up_does_not_claim_to_be_whole()
    {
        await using var output = new BashOutput(Context);
        await output.AppendAsync(new string('x', 60_000).AsMemory());
        output.Interrupt();
        await output.DisposeAsync();
        Assert.DoesNotContain("Full output saved", output.Result(), StringComparison.Ordinal);
        Assert.Contains("was not waited for", output.Result(), StringComparison.Ordinal);
    }
}
