using System.Text;
using Capstan.Engine.Workspaces;
using Capstan.Testing.Workspaces;
using Xunit;

namespace Capstan.Engine.Tests.Workspaces;

/// <summary>R9: git leaves no process behind, and no more of its output is held than was asked for.</summary>
public sealed class GitProcessTests : IDisposable
{
    private readonly DirectoryInfo _root = Directory.CreateTempSubdirectory("capstan-git-");

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => _root.Delete(recursive: true);

    [Fact]
    public async Task R9_A_git_that_is_given_up_is_gone_and_so_is_what_it_started()
    {
        var held = SpecialFile.Put(Path.Combine(_root.FullName, "held"), "pipe");
        using var givenUp = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        var running = GitProcess.RunAsync(
            new GitCommand(_root.FullName, "-c", "alias.hold=!exec 3> held; echo begun >&3; sleep 600; true", "hold"), givenUp.Token);
        // Opening it waits until the shell has opened it too; its end comes when the last process is gone that has.
        using var pipe = new StreamReader(await Task.Run(() => File.OpenRead(held), Cancel));
        Assert.Equal("begun", await pipe.ReadLineAsync(Cancel));
        givenUp.Cancel();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
        Assert.Null(await pipe.ReadLineAsync(Cancel).AsTask().WaitAsync(TimeSpan.FromSeconds(30), Cancel));
    }

    [Fact]
    public async Task R9_Of_a_long_output_as_much_is_read_as_was_asked_for()
    {
        var result = await GitProcess.RunAsync(
            new GitCommand(_root.FullName, "-c", "alias.talk=!yes", "talk") with { OutputLimit = 20_000 }, Cancel);
        Assert.True(result.IsCut);
        Assert.Equal(20_000, result.Output.Length);
        Assert.StartsWith("y\ny\n", Encoding.UTF8.GetString(result.Output.Span), StringComparison.Ordinal);
    }

    [Fact]
    public async Task R9_Of_long_complaints_the_beginning_is_kept_and_the_rest_holds_nothing_up()
    {
        var result = await GitProcess.RunAsync(
            new GitCommand(_root.FullName, "-c", "alias.complain=!yes | head -c 300000 >&2; echo done", "complain"), Cancel);
        Assert.True(result.IsSuccess);
        Assert.Equal("done\n", result.Text);
        Assert.Equal(4096, result.Errors.Length);
    }
}
