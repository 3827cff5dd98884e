using Capstan.Contract;
using Capstan.Engine.Admission;
using Capstan.Engine.Configuration;
using Capstan.Engine.Storage;
using Capstan.Engine.Turns;
using Capstan.Testing.Models;
using Capstan.Testing.Workspaces;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace Capstan.Engine.Tests.Workspaces.Snapshots;

/// <summary>Turns through the whole engine, with a scripted model.</summary>
public sealed class SnapshotTurnTests : IAsyncLifetime
{
    private readonly DirectoryInfo _home = Directory.CreateTempSubdirectory("capstan-snapshot-home-");
    private ScriptedModel _model = null!;
    private CapstanEngine _engine = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private string SnapshotRoot => Path.Combine(_home.FullName, "data", "capstan", "snapshot");

    public async ValueTask InitializeAsync()
    {
        _model = await ScriptedModel.StartAsync(
            new ScriptedModelOptions
            {
                Scripts = ModelScript.ParseAll("""
                    {
                      "edit": [
                        { "tools": [{ "name": "write", "args": { "filePath": "new.txt", "content": "alpha\n" } }] },
                        { "tools": [{ "name": "read", "args": { "filePath": "hello.txt" } }] },
                        { "tools": [{ "name": "edit", "args": { "filePath": "hello.txt", "oldString": "line two", "newString": "line 2" } }] },
                        { "text": "edited" }
                      ],
                      "bash": [
                        { "tools": [{ "name": "bash", "args": { "command": "rm hello.txt; printf 'a\\0b' > data.bin", "description": "x" } }] },
                        { "text": "done" }
                      ],
                      "undo": [
                        { "tools": [{ "name": "bash", "args": { "command": "echo x > new.txt", "description": "x" } }] },
                        { "tools": [{ "name": "bash", "args": { "command": "rm new.txt", "description": "x" } }] },
                        { "text": "done" }
                      ],
                      "hang": [
                        { "tools": [{ "name": "bash", "args": { "command": "echo x > new.txt; echo written; sleep 60", "description": "x" } }] }
                      ]
                    }
                    """),
            },
            Cancellation);
        var environment = new ProcessEnvironment(new Dictionary<string, string>
        {
            ["HOME"] = _home.FullName,
            ["XDG_DATA_HOME"] = Path.Combine(_home.FullName, "data"),
            ["PATH"] = Environment.GetEnvironmentVariable("PATH")!,
        });
        _engine = await CapstanEngine.StartAsync(
            new EngineOptions
            {
                Paths = ConfigPaths.From(environment),
                Environment = environment,
                Version = "test",
                Turns = new TurnOptions { MaxSnapshotWait = TimeSpan.FromMinutes(1) },
            },
            NullLoggerFactory.Instance,
            Cancellation);
    }

    public async ValueTask DisposeAsync()
    {
        await _engine.DisposeAsync();
        await _model.DisposeAsync();
        _home.Delete(recursive: true);
    }

    [Fact]
    public async Task A_turn_shows_what_each_step_and_the_whole_of_it_changed()
    {
        using var workspace = await CreateAsync();
        var (session, messages) = await RunAsync(workspace, "[script:edit]");

        var steps = messages.Skip(1).Select(static row => row.ReadParts()).ToList();
        var before = steps.ConvertAll(static parts => parts.OfType<StepStartPart>().Single().Snapshot);
        var after = steps.ConvertAll(static parts => parts.OfType<StepFinishPart>().Single().Snapshot);
        Assert.DoesNotContain(null, before);
        Assert.Equal(before[1..], after[..^1]);
        Assert.Equal(before[1], after[1]);
        Assert.Equal(3, before.Concat(after).Distinct().Count());

        var patches = steps.ConvertAll(static parts => parts.OfType<PatchPart>().SingleOrDefault());
        Assert.Equal([workspace.PathOf("new.txt")], patches[0]!.Files);
        Assert.Equal(before[0], patches[0]!.Hash);
        Assert.IsType<PatchPart>(steps[0][^1]);
        Assert.Null(patches[1]);
        Assert.Equal([workspace.PathOf("hello.txt")], patches[2]!.Files);
        Assert.Null(patches[3]);

        var diffs = ((UserMessage)messages[0].ReadInfo()).Summary!.Diffs;
        Assert.Equal(["hello.txt", "new.txt"], diffs.Select(static diff => diff.File));
        Assert.Equal(["modified", "added"], diffs.Select(static diff => diff.Status));
        Assert.Equal(new SessionSummary(2, 1, 2), session.Summary);
    }

    [Fact]
    public async Task A_shell_that_deletes_and_writes_bytes_is_seen()
    {
        using var workspace = await CreateAsync();
        var (_, messages) = await RunAsync(workspace, "[script:bash]");
        var diffs = ((UserMessage)messages[0].ReadInfo()).Summary!.Diffs;
        Assert.Equal(["data.bin", "hello.txt"], diffs.Select(static diff => diff.File));
        Assert.Equal(["added", "deleted"], diffs.Select(static diff => diff.Status));
        Assert.Equal("", diffs[0].Patch);
        Assert.Equal(3, diffs[1].Deletions);
    }

    [Fact]
    public async Task A_turn_that_takes_back_its_changes_has_made_none()
    {
        using var workspace = await CreateAsync();
        var (session, messages) = await RunAsync(workspace, "[script:undo]");
        Assert.Equal(2, messages.SelectMany(static row => row.ReadParts()).OfType<PatchPart>().Count());
        Assert.Empty(((UserMessage)messages[0].ReadInfo()).Summary!.Diffs);
        Assert.Equal(SessionSummary.None, session.Summary);
    }

    [Fact]
    public async Task What_an_aborted_step_changed_is_recorded()
    {
        using var workspace = await CreateAsync();
        using var events = _engine.Hub.Subscribe(null);
        var (_, messages) = await RunAsync(workspace, "[script:hang]", async sessionID =>
        {
            using var safetyNet = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
            safetyNet.CancelAfter(TimeSpan.FromSeconds(60));
            while (!File.Exists(workspace.PathOf("new.txt")))
                Assert.True(await events.WaitAsync(safetyNet.Token) && events.TryTake(out _));
            await _engine.Turns.AbortAsync(sessionID, Cancellation);
        });
        Assert.Equal([workspace.PathOf("new.txt")], messages[^1].ReadParts().OfType<PatchPart>().Single().Files);
        Assert.Equal(["new.txt"], ((UserMessage)messages[0].ReadInfo()).Summary!.Diffs.Select(static diff => diff.File));
    }

    [Theory]
    [InlineData(false, true)]
    [InlineData(true, false)]
    public async Task Without_a_repository_or_switched_off_there_is_nothing(bool git, bool snapshot)
    {
        using var workspace = await CreateAsync(git, snapshot);
        var (_, messages) = await RunAsync(workspace, "[script:bash]");
        var parts = messages.SelectMany(static row => row.ReadParts()).ToList();
        Assert.All(parts.OfType<StepStartPart>(), static part => Assert.Null(part.Snapshot));
        Assert.All(parts.OfType<StepFinishPart>(), static part => Assert.Null(part.Snapshot));
        Assert.Empty(parts.OfType<PatchPart>());
        Assert.Empty(((UserMessage)messages[0].ReadInfo()).Summary!.Diffs);
        Assert.False(Directory.Exists(SnapshotRoot));
    }

    [Fact]
    public async Task A_failure_of_snapshots_is_not_a_failure_of_the_turn()
    {
        using var workspace = await CreateAsync();
        Directory.CreateDirectory(Path.GetDirectoryName(SnapshotRoot)!);
        await File.WriteAllTextAsync(SnapshotRoot, "in the way", Cancellation);
        var (_, messages) = await RunAsync(workspace, "[script:edit]");
        var last = Assert.IsType<AssistantMessage>(messages[^1].ReadInfo());
        Assert.Null(last.Error);
        Assert.Equal("stop", last.Finish);
        Assert.All(messages.SelectMany(static row => row.ReadParts()).OfType<StepStartPart>(), static part => Assert.Null(part.Snapshot));
        Assert.Equal("alpha\n", workspace.Read("new.txt"));
    }

    private Task<TestWorkspace> CreateAsync(bool git = true, bool snapshot = true) => TestWorkspace.CreateAsync(
        _model.Url,
        new TestWorkspaceOptions
        {
            Git = git,
            Permission = "\"allow\"",
            Configure = configuration => configuration["snapshot"] = snapshot,
        },
        Cancellation);

    private async Task<(SessionInfo Session, IReadOnlyList<MessageRow> Messages)> RunAsync(
        TestWorkspace directory, string prompt, Func<string, Task>? meanwhile = null)
    {
        var workspace = await _engine.Workspaces.GetAsync(directory.Directory, Cancellation);
        var (session, _) = await _engine.Sessions.CreateAsync(workspace, new CreateSessionRequest(), Cancellation);
        var admission = await _engine.Prompts.AdmitAsync(
            session!.ID, new PromptRequest { Parts = [new PartInput.Text { Content = prompt }] }, Cancellation);
        if (meanwhile is not null)
            await meanwhile(session.ID);
        await Assert.IsType<AdmissionResult.Accepted>(admission).TurnEnded!;
        var row = await _engine.Store.FindSessionAsync(session.ID, Cancellation);
        var page = await _engine.Store.ReadMessagesAsync(new MessageQuery(session.ID), Cancellation);
        return (row!.Info, page.Messages);
    }
}
