using System.Text;
using Capstan.Engine.Configuration;
using Capstan.Engine.Tools.Bash;
using Xunit;

namespace Capstan.Engine.Tests.Tools;

/// <summary>Commands whose server is gone: found by their marks, ended with all that they started.</summary>
public sealed class OrphanedCommandsTests : IDisposable
{
    private static readonly TimeSpan SafetyNet = TimeSpan.FromSeconds(60);

    private readonly string _directory = Directory.CreateTempSubdirectory("capstan-orphans-").FullName;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("echo begun; sleep 300")]
    [InlineData("setsid sleep 300 >/dev/null & echo begun; wait")]
    [InlineData("(setsid sleep 300 & setsid sh -c 'echo begun; exec sleep 300') & exit")]
    [InlineData("env -i sleep 300 & echo begun; wait")]
    [InlineData("trap '' TERM; echo begun; sleep 300")]
    public async Task A_command_is_ended_with_all_that_it_started(string command)
    {
        using var group = await StartAsync(command, "one");

        Assert.NotEqual(0, await EndAsync("one"));

        Assert.Empty(MarkedProcesses.Find(Marks("one")));
        // What had cleared its environment holds the pipe, too.
        await ToEndAsync(group);
    }

    [Fact]
    public async Task A_command_of_another_mark_goes_on()
    {
        using var group = await StartAsync("echo begun; sleep 300", "one");
        try
        {
            Assert.Equal(0, await EndAsync("on"));
            Assert.Equal(0, await EndAsync("one more"));
            Assert.NotEmpty(MarkedProcesses.Find(Marks("one")));
        }
        finally
        {
            group.End();
        }
    }

    [Fact]
    public async Task A_command_may_end_in_its_own_way_when_it_is_asked()
    {
        using var group = await StartAsync("trap 'echo tidy > end; exit' TERM; echo begun; sleep 300 & wait", "one");

        await EndAsync("one", SafetyNet);

        Assert.Equal("tidy\n", await File.ReadAllTextAsync(Path.Combine(_directory, "end"), Cancel));
    }

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    private async Task<ProcessGroup> StartAsync(string command, string mark)
    {
        var group = ProcessGroup.Start("/bin/bash", command, _directory, $"{mark} {_directory}", CommandEnvironment.Of(ProcessEnvironment.Current()).Passed);
        var buffer = new byte[64];
        var read = await group.Output.ReadAsync(buffer, Cancel).AsTask().WaitAsync(SafetyNet, Cancel);
        Assert.Equal("begun\n", Encoding.UTF8.GetString(buffer, 0, read));
        return group;
    }

    private Task<int> EndAsync(string mark, TimeSpan? grace = null) =>
        OrphanedCommands.EndAsync(Marks(mark), grace ?? TimeSpan.FromMilliseconds(200), TimeProvider.System, Cancel);

    private HashSet<string> Marks(string mark) => [$"{mark} {_directory}"];

    private static async Task ToEndAsync(ProcessGroup group)
    {
        var buffer = new byte[64];
        while (await group.Output.ReadAsync(buffer, Cancel).AsTask().WaitAsync(SafetyNet, Cancel) > 0)
        {
        }
    }
}
