using Capstan.Engine.Models;
using Capstan.Testing.Models;
using Capstan.Testing.Time;
using Xunit;

namespace Capstan.Engine.Tests.Models.OpenAICompatible;

/// <summary>A provider that says nothing: how long the headers and the next chunk are waited for, on a clock that the test moves.</summary>
public sealed class SilenceTests
{
    private static readonly TimeSpan Moment = TimeSpan.FromMilliseconds(1);
    private static readonly TimeSpan SafetyNet = TimeSpan.FromSeconds(60);

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Headers_that_do_not_come_end_the_call_at_their_limit()
    {
        var time = new FakeTime();
        await using var model = await ScriptedModel.StartAsync(new() { Default = new ModelStep { Hang = ModelHang.Connect } }, Cancelled);
        using var chat = new ChatClientUnderTest(
            model.Url, time, static options => options with { HeaderTimeout = TimeSpan.FromSeconds(90), ChunkTimeout = TimeSpan.FromSeconds(7) });
        var answer = chat.ReadAsync(Cancelled);
        var call = await model.CallAsync(cancellationToken: Cancelled);

        time.Advance(TimeSpan.FromSeconds(90) - Moment);
        Assert.False(answer.IsCompleted);
        time.Advance(Moment);

        var failure = await Assert.ThrowsAsync<ModelException>(() => answer.WaitAsync(SafetyNet, Cancelled));
        Assert.Equal("The model sent no response headers within 90 s", failure.Message);
        RequireRetryable(failure);
        // Nobody reads it any more, so the connection is given up.
        await call.ClientGone.WaitAsync(SafetyNet, Cancelled);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    public async Task A_silent_stream_ends_the_call_at_its_limit_which_begins_anew_with_each_chunk(int chunks)
    {
        var time = new FakeTime();
        var gate = new ModelGate(chunks);
        await using var model = await ScriptedModel.StartAsync(new() { Default = ModelStep.Say("some more words") with { Gate = gate } }, Cancelled);
        using var chat = new ChatClientUnderTest(
            model.Url, time, static options => options with { HeaderTimeout = TimeSpan.FromSeconds(5), ChunkTimeout = TimeSpan.FromSeconds(90.5) });
        await using var updates = chat.Stream(Cancelled).GetAsyncEnumerator(Cancelled);
        for (var i = 0; i < chunks; i++)
        {
            Assert.True(await updates.MoveNextAsync());
            // As long as a consumer takes for what it has, the stream is not silent.
            time.Advance(TimeSpan.FromHours(1));
        }

        var next = updates.MoveNextAsync().AsTask();
        await gate.Reached.WaitAsync(SafetyNet, Cancelled);
        await time.TimerAsync(due => due == time.GetUtcNow() + TimeSpan.FromSeconds(90.5), Cancelled);
        time.Advance(TimeSpan.FromSeconds(90.5) - Moment);
        Assert.False(next.IsCompleted);
        time.Advance(Moment);

        var failure = await Assert.ThrowsAsync<ModelException>(() => next.WaitAsync(SafetyNet, Cancelled));
        Assert.Equal("The model's stream was silent for 90.5 s", failure.Message);
        RequireRetryable(failure);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    public async Task A_call_that_takes_too_long_as_a_whole_ends_although_the_provider_is_not_silent(int chunks)
    {
        var time = new FakeTime();
        var gate = new ModelGate(chunks);
        await using var model = await ScriptedModel.StartAsync(new() { Default = ModelStep.Say("some more words") with { Gate = gate } }, Cancelled);
        using var chat = new ChatClientUnderTest(
            model.Url,
            time,
            static options => options with
            {
                Timeout = TimeSpan.FromSeconds(90), HeaderTimeout = Timeout.InfiniteTimeSpan, ChunkTimeout = Timeout.InfiniteTimeSpan,
            });
        var answer = chat.ReadAsync(Cancelled);
        await gate.Reached.WaitAsync(SafetyNet, Cancelled);

        time.Advance(TimeSpan.FromSeconds(90) - Moment);
        Assert.False(answer.IsCompleted);
        time.Advance(Moment);

        var failure = await Assert.ThrowsAsync<ModelException>(() => answer.WaitAsync(SafetyNet, Cancelled));
        Assert.Equal("The call took longer than 90 s", failure.Message);
        RequireRetryable(failure);
    }

    [Fact]
    public async Task An_error_whose_body_does_not_come_is_told_by_its_status()
    {
        var time = new FakeTime();
        await using var model = await RawModel.StartAsync(503, "application/json", """{"error":""", Cancelled, stalls: true);
        using var chat = new ChatClientUnderTest(
            model.Url, time, static options => options with { HeaderTimeout = TimeSpan.FromSeconds(90), ChunkTimeout = TimeSpan.FromSeconds(7) });
        var answer = chat.ReadAsync(Cancelled);
        await time.TimerAsync(due => due == time.GetUtcNow() + TimeSpan.FromSeconds(7), Cancelled);
        time.Advance(TimeSpan.FromSeconds(7));

        var failure = await Assert.ThrowsAsync<ModelException>(() => answer.WaitAsync(SafetyNet, Cancelled));
        Assert.Equal(503, failure.Error.Data.StatusCode);
        RequireRetryable(failure);
    }

    [Fact]
    public async Task Limits_that_are_switched_off_wait_for_ever()
    {
        var time = new FakeTime();
        var gate = new ModelGate(1);
        await using var model = await ScriptedModel.StartAsync(new() { Default = ModelStep.Say("some words") with { Gate = gate } }, Cancelled);
        using var chat = new ChatClientUnderTest(
            model.Url, time,
            static options => options with { HeaderTimeout = Timeout.InfiniteTimeSpan, ChunkTimeout = Timeout.InfiniteTimeSpan });
        var answer = chat.ReadAsync(Cancelled);
        await gate.Reached.WaitAsync(SafetyNet, Cancelled);

        time.Advance(TimeSpan.FromDays(400));
        gate.Open();

        Assert.Equal("some words", string.Concat(await answer.WaitAsync(SafetyNet, Cancelled)));
    }

    [Fact]
    public async Task A_caller_who_gives_up_is_told_that_and_not_of_a_silence()
    {
        var time = new FakeTime();
        await using var model = await ScriptedModel.StartAsync(new() { Default = new ModelStep { Hang = ModelHang.Headers } }, Cancelled);
        using var chat = new ChatClientUnderTest(model.Url, time);
        using var leaving = CancellationTokenSource.CreateLinkedTokenSource(Cancelled);
        var answer = chat.ReadAsync(leaving.Token);
        await model.CallAsync(cancellationToken: Cancelled);

        await leaving.CancelAsync();
        time.Advance(TimeSpan.FromHours(1));

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => answer.WaitAsync(SafetyNet, Cancelled));
    }

    [Fact]
    public async Task A_server_that_is_not_there_is_named_and_may_come_back()
    {
        // A port that was free a moment ago: nobody else listens on it.
        var model = await ScriptedModel.StartAsync(cancellationToken: Cancelled);
        await model.DisposeAsync();
        using var chat = new ChatClientUnderTest(model.Url, new FakeTime());

        var failure = await Assert.ThrowsAsync<ModelException>(() => chat.ReadAsync(Cancelled));

        Assert.StartsWith($"Cannot connect to {model.Url}/chat/completions: ", failure.Message, StringComparison.Ordinal);
        RequireRetryable(failure);
        Assert.IsType<HttpRequestException>(failure.InnerException);
    }

    [Fact]
    public async Task A_stream_that_breaks_off_may_be_asked_for_again()
    {
        await using var model = await ScriptedModel.StartAsync(new() { Default = ModelStep.Say("some more words") with { Cut = true } }, Cancelled);
        using var chat = new ChatClientUnderTest(model.Url, new FakeTime());

        var failure = await Assert.ThrowsAsync<ModelException>(() => chat.ReadAsync(Cancelled));

        Assert.Equal("Connection reset by server", failure.Message);
        RequireRetryable(failure);
    }

    private static void RequireRetryable(ModelException failure)
    {
        Assert.True(failure.IsRetryable);
        Assert.Null(failure.RetryAfter);
        Assert.Equal("APIError", failure.Error.Name);
        Assert.True(failure.Error.Data.IsRetryable);
        Assert.EndsWith("/v1/chat/completions", failure.Error.Data.Metadata!["url"], StringComparison.Ordinal);
    }
}
