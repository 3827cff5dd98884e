using Capstan.Testing.Captures;
using Xunit;

namespace Capstan.Server.Tests.Captures;

/// <summary>Turns with tools and permissions, as the captured server played them.</summary>
public sealed class ToolCaptureTests
{
    [Theory]
    [InlineData("02-tool-turn")]
    [InlineData("08-permission-deny-config")]
    [InlineData("26-max-steps")]
    [InlineData("32-todo")]
    [InlineData("34-invalid-tool")]
    [InlineData("42-parallel-tools-text")]
    public async Task Tools_run_as_captured(string scenario)
    {
        await using var replay = await CaptureReplay.StartAsync(scenario);

        var answer = await replay.SendAsync(0);

        replay.CompareAnswer(answer, 0);
        await replay.CompareEventsAsync(
            EventRules.Tolerant, circumstances: [CaptureCircumstances.ListedTools, CaptureCircumstances.FirstRunning]);
    }

    [Fact]
    public async Task A_patch_is_applied_as_captured()
    {
        await using var replay = await CaptureReplay.StartAsync("51-apply-patch");

        var answer = await replay.SendAsync(0);

        replay.CompareAnswer(answer, 0);
        await replay.CompareEventsAsync(EventRules.Tolerant, circumstances: [IntendedDifferences.SessionsSumUp]);
    }

    [Theory]
    [InlineData("05-permission-reject")]
    [InlineData("06-permission-reject-feedback")]
    [InlineData("07-permission-always-legacy-route")]
    [InlineData("27-doom-loop")]
    [InlineData("48-external-directory-ask")]
    public async Task A_permission_is_asked_for_and_answered_as_captured(string scenario)
    {
        await using var replay = await CaptureReplay.StartAsync(scenario);

        var answer = replay.SendAsync(0);
        await replay.UntilAskedAsync();
        replay.CompareAnswer(await replay.SendAsync(1), 0);

        replay.CompareAnswer(await answer, 1);
        await replay.CompareEventsAsync(
            EventRules.Tolerant,
            differences: [IntendedDifferences.LoopNamesItsCall],
            circumstances: [CaptureCircumstances.GitHistory, CaptureCircumstances.Depth, CaptureCircumstances.FirstRunning]);
    }

    [Fact]
    public async Task A_permission_is_listed_while_it_waits_as_captured()
    {
        await using var replay = await CaptureReplay.StartAsync("04-permission-once");

        var answer = replay.SendAsync(0);
        await replay.UntilAskedAsync();
        var listed = await replay.SendAsync(1);
        var reply = await replay.SendAsync(2);

        replay.CompareAnswer(listed, 0);
        replay.CompareAnswer(reply, 1);
        replay.CompareAnswer(await answer, 2);
        await replay.CompareEventsAsync(EventRules.Tolerant);
    }

    [Fact]
    public async Task A_rejection_settles_the_other_requests_of_the_session_as_captured()
    {
        await using var replay = await CaptureReplay.StartAsync("49-reject-cascades-in-session");

        var answer = replay.SendAsync(0);
        await replay.UntilAskedAsync(2);
        replay.CompareAnswer(await replay.SendAsync(1), 0);

        replay.CompareAnswer(await answer, 1);
        await replay.CompareEventsAsync(EventRules.Tolerant, circumstances: [CaptureCircumstances.ParallelRequests]);
    }

    [Fact]
    public async Task An_aborted_shell_command_is_stopped_as_captured()
    {
        await using var replay = await CaptureReplay.StartAsync("10-abort-tool");

        var answer = replay.SendAsync(0);
        await replay.UntilAskedAsync();
        await replay.SendAsync(1);
        await replay.UntilAsync(static seen => seen.Data.Contains("\"output\":\"start\\n\"", StringComparison.Ordinal));
        await replay.SendAsync(2);

        replay.CompareAnswer(await answer, 1);
        await replay.CompareEventsAsync(EventRules.Tolerant);
    }

    [Fact]
    public async Task An_abort_while_a_permission_is_asked_for_settles_it()
    {
        await using var replay = await CaptureReplay.StartAsync("45-abort-while-permission-pending");

        var answer = replay.SendAsync(0);
        await replay.UntilAskedAsync();
        var abort = replay.SendAsync(1);
        // The tool has a moment to end by itself.
        await replay.Time.TimerAsync(due => due - replay.Time.GetUtcNow() < TimeSpan.FromSeconds(1), TestContext.Current.CancellationToken);
        replay.Time.Advance(TimeSpan.FromSeconds(1));
        await abort;

        replay.CompareAnswer(await answer, 0);
        Assert.Equal("[]", (await replay.SendAsync(2)).Body!.Value.GetRawText());
        await replay.CompareEventsAsync(EventRules.Tolerant, differences: [IntendedDifferences.AbortSettlesPermissions]);
    }
}
