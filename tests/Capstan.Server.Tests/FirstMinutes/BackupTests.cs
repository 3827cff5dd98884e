using Capstan.Server.Tests.Kit;
using Capstan.Server.Tests.Rules;
using Capstan.Testing.Models;
using Capstan.Testing.Servers;
using Capstan.Testing.Workspaces;
using Microsoft.Data.Sqlite;
using Xunit;

namespace Capstan.Server.Tests.FirstMinutes;

/// <summary>What docs/operations.md says of backups.</summary>
public sealed class BackupTests
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [SqliteFact("it copies the database as docs/operations.md says for SQLite.")]
    public async Task A_copy_that_was_made_while_the_server_ran_holds_what_was_acknowledged_and_can_be_started()
    {
        var gate = new ModelGate(after: 1);
        await using var model = await ScriptedModel.StartAsync(
            new() { Scripts = [new("slow", [ModelStep.Say("one two three") with { Gate = gate }])] }, Cancelled);
        using var workspace = await TestWorkspace.CreateAsync(model.Url, cancellationToken: Cancelled);
        await using var server = await CapstanProcess.StartAsync(workspace.Directory, Cancelled);
        var finished = await server.CreateSessionAsync(cancellationToken: Cancelled);
        await server.PromptAsync(finished, "hello", Cancelled);
        // In the middle of a turn.
        await using var events = await server.OpenEventsAsync(Cancelled);
        var running = await server.CreateSessionAsync(cancellationToken: Cancelled);
        await server.PromptWithoutWaitingAsync(running, "[script:slow]", Cancelled);
        await events.UntilAsync("message.part.delta");

        var database = Path.Combine(server.Data, "capstan.db");
        var copy = workspace.PathOf("copy.db");
        await using (var connection = new SqliteConnection($"Data Source={database};Pooling=False"))
        {
            await connection.OpenAsync(Cancelled);
            await using var command = connection.CreateCommand();
            command.CommandText = "VACUUM INTO $copy";
            command.Parameters.AddWithValue("$copy", copy);
            await command.ExecuteNonQueryAsync(Cancelled);
        }

        await server.KillAsync(Cancelled);
        File.Delete($"{database}-wal");
        File.Delete($"{database}-shm");
        File.Move(copy, database, overwrite: true);
        gate.Open();
        await server.StartAsync(Cancelled);

        Assert.Equal("default reply", Conversation.Text((await server.MessagesAsync(finished, Cancelled))[^1]));
        await using var after = await server.OpenEventsAsync(Cancelled);
        await Conversation.UntilIdleAsync(server, after, Cancelled);
        Assert.Equal("one two three", Conversation.Text((await server.MessagesAsync(running, Cancelled))[^1]));
    }
}
