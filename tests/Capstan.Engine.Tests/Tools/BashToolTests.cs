using System.Text.Json.Nodes;
using Capstan.Engine.Tools;
using Capstan.Engine.Tools.Bash;
using Xunit;

namespace Capstan.Engine.Tests.Tools;

public sealed class BashToolTests : ToolTest
{
    private static JsonObject Command(string command) => new() { ["command"] = command };

    // Counts processes that run a command with this text in it; a zombie has none.
    private static int Running(string text) => Directory.EnumerateDirectories("/proc")
        .Where(directory => int.TryParse(Path.GetFileName(directory), out _))
        .Count(directory =>
        {
            try
            {
                return File.ReadAllText(directory + "/cmdline").Contains(text, StringComparison.Ordinal);
            }
            catch (IOException)
            {
                return false;
            }
        });

    [Fact]
    public async Task Output_and_errors_come_in_the_order_in_which_they_were_written()
    {
        var result = await RunAsync("bash", Command("echo one; echo two >&2; echo three"));
        Assert.Equal("one\ntwo\nthree\n", result.Output);
        Assert.Equal("""{"output":"one\ntwo\nthree\n","exit":0,"truncated":false}""", result.Metadata.ToJsonString());
        Assert.Equal("echo one; echo two >&2; echo three", result.Title);
        Assert.Equal("", Context.Outputs.First());
        Assert.Equal("one\ntwo\nthree\n", Context.Outputs.Last());
    }

    [Fact]
    public async Task A_failing_command_is_a_result_with_its_exit_code()
    {
        var result = await RunAsync("bash", Command("exit 3"));
        Assert.Equal("(no output)", result.Output);
        Assert.Equal("""{"output":"(no output)","exit":3,"truncated":false}""", result.Metadata.ToJsonString());
    }

    [Fact]
    public async Task A_command_gets_no_input() => Assert.Equal("0\n", (await RunAsync("bash", Command("wc -c"))).Output);

    [Fact]
    public async Task An_abort_keeps_the_output_and_leaves_no_process()
    {
        using var abort = new CancellationTokenSource();
        Context.OnOutput = output =>
        {
            if (output.Contains("start", StringComparison.Ordinal))
                abort.Cancel();
        };
        var result = await RunAsync("bash", Command("(sleep 98761 & sleep 98761) & echo start; sleep 98761"), abort.Token);
        Assert.Equal("start\n\n\n<shell_metadata>\nUser aborted the command\n</shell_metadata>", result.Output);
        Assert.Equal("""{"output":"start\n","exit":null,"truncated":false}""", result.Metadata.ToJsonString());
        Assert.Equal(0, Running("98761"));
    }

    [Fact]
    public async Task A_command_can_be_ended_the_instant_it_has_started()
    {
        // Its group is made by a program that has to be loaded first. What was asked before would otherwise be asked of nobody.
        for (var i = 0; i < 50; i++)
        {
            using var group = ProcessGroup.Start("/bin/bash", "sleep 300", Path.GetTempPath(), $"{nameof(BashToolTests)} {i}", new Dictionary<string, string>());
            group.RequestEnd();
            await group.WaitForLeaderAsync(Cancel).WaitAsync(TimeSpan.FromSeconds(60), Cancel);
            group.End();
        }
    }

    [Fact]
    public async Task A_process_that_does_not_listen_is_killed_after_the_grace()
    {
        using var abort = new CancellationTokenSource();
        Context.OnOutput = output =>
        {
            if (output.Contains("start", StringComparison.Ordinal))
                abort.Cancel();
        };
        var tool = new BashTool(TimeProvider.System, "/bin/bash", TimeSpan.FromMilliseconds(50));
        var result = await RunAsync(
            tool, Command("trap '' TERM; echo start; while true; do sleep 98762; done"), abort.Token);
        Assert.Null(result.Metadata["exit"]);
        Assert.Equal(0, Running("98762"));
    }

    [Fact]
    public async Task What_a_command_leaves_behind_is_ended_even_in_a_session_of_its_own()
    {
        var result = await RunAsync("bash", Command("setsid sleep 98763 >/dev/null 2>&1 & sleep 98763 & echo done"));
        Assert.Equal("done\n", result.Output);
        Assert.Equal(0, Running("98763"));
    }

    [Fact]
    public async Task A_timeout_ends_the_command_and_says_so()
    {
        var result = await RunAsync("bash", new() { ["command"] = "echo begun; sleep 98764", ["timeout"] = 300 });
        Assert.StartsWith("begun\n\n\n<shell_metadata>\n", result.Output, StringComparison.Ordinal);
        Assert.Contains("300 ms", result.Output, StringComparison.Ordinal);
        Assert.Null(result.Metadata["exit"]);
        Assert.Equal(0, Running("98764"));
    }

    [Fact]
    public async Task Long_output_keeps_its_end_and_the_whole_goes_to_a_file()
    {
        var result = await RunAsync("bash", Command("seq 1 3000"));
        var path = (string)result.Metadata["outputPath"]!;
        Assert.StartsWith(
            $"...output truncated...\n\nFull output saved to: {path}\n\n1002\n1003\n", result.Output, StringComparison.Ordinal);
        Assert.EndsWith("\n2999\n3000\n", result.Output, StringComparison.Ordinal);
        Assert.Equal(string.Concat(Enumerable.Range(1, 3000).Select(n => $"{n}\n")), await File.ReadAllTextAsync(path, Cancel));
    }

    [Fact]
    public async Task Output_held_in_memory_is_bounded_and_reports_show_its_end()
    {
        var result = await RunAsync("bash", Command("head -c 20000000 /dev/zero | tr '\\0' x; echo; echo end"));
        Assert.True(result.Output.Length < 60_000);
        Assert.All(Context.Outputs, output => Assert.True(output.Length <= BashOutput.PreviewLength + 5));
        var preview = (string)result.Metadata["output"]!;
        Assert.StartsWith("...\n\n", preview, StringComparison.Ordinal);
        Assert.EndsWith("x\nend\n", preview, StringComparison.Ordinal);
        Assert.Equal(20_000_005, new FileInfo((string)result.Metadata["outputPath"]!).Length);
        // One chunk of the pipe is 64 KiB at most, so that reports of each would be three hundred and more.
        Assert.True(Context.Outputs.Count < 200);
    }

    [Fact]
    public async Task Characters_of_several_bytes_survive_the_edges_of_chunks()
    {
        var result = await RunAsync("bash", Command("printf 'ä'; printf '\\xe2\\x82'; printf '\\xac\\n'"));
        Assert.Equal("ä€\n", result.Output);
    }

    [Fact]
    public async Task Each_simple_command_is_asked_for_and_its_prefix_can_be_granted()
    {
        await RunAsync("bash", Command("cd . && git status --short | cat; echo $(echo hi)"));
        var ask = Assert.Single(Context.Asks);
        Assert.Equal("bash", ask.Permission);
        Assert.Equal(["cd .", "git status --short", "cat", "echo hi", "echo $(echo hi)"], ask.Patterns);
        Assert.Equal(["cd *", "git status *", "cat *", "echo *"], ask.Always);
    }

    [Fact]
    public async Task R11_paths_outside_are_asked_for_before_the_command()
    {
        await RunAsync("bash", new() { ["command"] = $"cat {Outside}/nothing*; rm -f ../outside/x", ["workdir"] = Outside });
        Assert.Equal(["external_directory", "bash"], Context.Asks.Select(ask => ask.Permission));
        Assert.Equal([Outside + "/*"], Context.Asks[0].Patterns);
    }

    [Fact]
    public async Task A_directory_that_is_missing_is_an_error() => await Assert.ThrowsAsync<ToolException>(
        () => RunAsync("bash", new() { ["command"] = "pwd", ["workdir"] = "nowhere" }));
}
