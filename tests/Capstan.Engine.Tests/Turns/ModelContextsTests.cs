using System.Buffers;
using System.Text.Json;
using Capstan.Contract;
using Capstan.Engine.Turns;
using Capstan.Testing.Stores;
using Capstan.Testing.Time;
using Microsoft.Extensions.AI;
using Xunit;

namespace Capstan.Engine.Tests.Turns;

/// <summary>Histories that are kept between turns: how much, how long, and what is read anew.</summary>
public sealed class ModelContextsTests : IDisposable
{
    private static readonly ModelInfo Model = new()
    {
        ID = "m", ProviderID = "p", Name = "m", Api = new ModelApi("m", "", ""), Capabilities = new ModelCapabilities(),
        Cost = ModelCost.Free, Limit = new ModelLimit(1000, 1000),
    };

    private readonly CrashableStore _store = new StoreDisk().Open();
    private long _position;
    private readonly FakeTime _time = new();
    private bool _isScarce;
    private ModelContexts? _contexts;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => _contexts?.Dispose();

    [Fact]
    public async Task What_was_read_is_not_read_again_until_it_is_forgotten()
    {
        var contexts = Open();
        Say("ses_1", "msg_1", "first");
        await PlayAsync(contexts, "ses_1", "first");
        // Behind everybody's back: only who reads it anew sees it.
        Change("ses_1", "msg_1", "changed");
        Say("ses_1", "msg_2", "second");

        await PlayAsync(contexts, "ses_1", "first", "second");
        contexts.Forget("ses_1");
        await PlayAsync(contexts, "ses_1", "changed", "second");
    }

    [Fact]
    public async Task A_context_is_of_one_turn_at_a_time()
    {
        var contexts = Open();
        Say("ses_1", "msg_1", "first");
        await PlayAsync(contexts, "ses_1", "first");
        Assert.NotEqual(0, contexts.Bytes);
        var taken = contexts.Take("ses_1");
        Assert.Equal(0, contexts.Bytes);
        Assert.NotSame(taken, contexts.Take("ses_1"));
    }

    [Fact]
    public async Task Beyond_the_limit_those_go_that_were_used_longest_ago()
    {
        var text = new string('x', 10_000);
        foreach (var session in (string[])["ses_1", "ses_2", "ses_3"])
            Say(session, $"msg_{session}", text);
        // Each takes some 20,000 bytes, and what stands around its text.
        var contexts = Open(new ContextOptions(MaxBytes: 2 * 31_000));
        await PlayAsync(contexts, "ses_1", text);
        await PlayAsync(contexts, "ses_2", text);
        await PlayAsync(contexts, "ses_1", text);
        await PlayAsync(contexts, "ses_3", text);

        Assert.InRange(contexts.Bytes, 2 * 30_000, 2 * 31_000);
        foreach (var session in (string[])["ses_1", "ses_2", "ses_3"])
            Change(session, $"msg_{session}", "anew");
        await ReadAsync(contexts.Take("ses_1"), text);
        await ReadAsync(contexts.Take("ses_2"), "anew");
        await ReadAsync(contexts.Take("ses_3"), text);
        Assert.Equal(0, contexts.Bytes);
    }

    [Fact]
    public async Task What_alone_is_beyond_the_limit_is_not_kept_and_takes_no_others_place()
    {
        var contexts = Open(new ContextOptions(MaxBytes: 31_000));
        Say("ses_1", "msg_1", "short");
        Say("ses_2", "msg_2", new string('x', 11_000));
        await PlayAsync(contexts, "ses_1", "short");
        var before = contexts.Bytes;
        await PlayAsync(contexts, "ses_2", new string('x', 11_000));
        Assert.Equal(before, contexts.Bytes);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1 << 20)]
    public void R9_A_context_that_was_never_read_is_not_kept(long most)
    {
        var contexts = Open(new ContextOptions(most));
        var unread = contexts.Take("ses_1");
        contexts.Keep(unread);
        Assert.NotSame(unread, contexts.Take("ses_1"));
    }

    [Fact]
    public async Task Where_memory_is_scarce_nothing_is_kept()
    {
        var contexts = Open();
        Say("ses_1", "msg_1", "first");
        Say("ses_2", "msg_2", "second");
        await PlayAsync(contexts, "ses_1", "first");
        _isScarce = true;
        await PlayAsync(contexts, "ses_2", "second");
        Assert.Equal(0, contexts.Bytes);
        _isScarce = false;
        await PlayAsync(contexts, "ses_2", "second");
        Assert.NotEqual(0, contexts.Bytes);
    }

    [Fact]
    public async Task Each_is_dropped_some_time_after_its_last_turn_and_all_when_memory_has_become_scarce_by_then()
    {
        var contexts = Open(new ContextOptions { MaxAge = TimeSpan.FromMinutes(10) });
        foreach (var session in (string[])["ses_1", "ses_2"])
            Say(session, $"msg_{session}", session);
        await PlayAsync(contexts, "ses_1", "ses_1");
        var one = contexts.Bytes;
        _time.Advance(TimeSpan.FromMinutes(6));
        await PlayAsync(contexts, "ses_2", "ses_2");
        _time.Advance(TimeSpan.FromMinutes(4) - TimeSpan.FromTicks(1));
        Assert.Equal(2 * one, contexts.Bytes);
        _time.Advance(TimeSpan.FromTicks(1));
        Assert.Equal(one, contexts.Bytes);
        _time.Advance(TimeSpan.FromMinutes(6));
        Assert.Equal(0, contexts.Bytes);

        await PlayAsync(contexts, "ses_1", "ses_1");
        _time.Advance(TimeSpan.FromMinutes(6));
        await PlayAsync(contexts, "ses_2", "ses_2");
        _isScarce = true;
        _time.Advance(TimeSpan.FromMinutes(4));
        Assert.Equal(0, contexts.Bytes);
    }

    [Fact]
    public async Task A_message_that_cannot_be_read_is_not_passed_over_by_the_next_turn()
    {
        var contexts = Open();
        Say("ses_1", "msg_1", "first");
        Say("ses_1", "msg_2", "second");
        Damage("ses_1", "msg_2");
        var context = contexts.Take("ses_1");
        await Assert.ThrowsAsync<JsonException>(() => context.ReadAsync("msg_open", Model, Cancel));
        contexts.Keep(context);
        await Assert.ThrowsAsync<JsonException>(() => contexts.Take("ses_1").ReadAsync("msg_open", Model, Cancel));
        Change("ses_1", "msg_2", "mended");
        contexts.Keep(context);
        await PlayAsync(contexts, "ses_1", "first", "mended");
    }

    [Fact]
    public async Task Another_model_reads_it_anew()
    {
        var contexts = Open();
        Say("ses_1", "msg_1", "first");
        await PlayAsync(contexts, "ses_1", "first");
        Change("ses_1", "msg_1", "changed");
        var context = contexts.Take("ses_1");
        var bytes = context.Bytes;
        Assert.Equal("changed", Assert.Single(await context.ReadAsync("msg_open", Model with { ID = "other" }, Cancel)).Text);
        Assert.InRange(context.Bytes, bytes, bytes + 100);
    }

    private ModelContexts Open(ContextOptions? options = null) =>
        _contexts = new ModelContexts(_store, options ?? new ContextOptions(), _time, () => _isScarce);

    private static async Task PlayAsync(ModelContexts contexts, string session, params string[] expected)
    {
        var context = contexts.Take(session);
        await ReadAsync(context, expected);
        contexts.Keep(context);
    }

    private static async Task ReadAsync(ModelContext context, params string[] expected)
    {
        var messages = await context.ReadAsync("msg_open", Model, Cancel);
        Assert.Equal(expected, messages.Select(static message => message.Text));
        Assert.All(messages, static message => Assert.Equal(ChatRole.User, message.Role));
    }

    private void Say(string session, string message, string text)
    {
        using var write = _store.Begin();
        var position = ++_position;
        MessageInfo info = new UserMessage
        {
            ID = message, SessionID = session, Agent = "build", Model = new ModelRef("p", "m"), Time = new MessageTime(1),
        };
        write.AddMessage(
            session, message, isOpen: false, position, position, null, JsonSerializer.SerializeToUtf8Bytes(info, WireJson.Wire.MessageInfo));
        write.Commit();
        Change(session, message, text);
    }

    private void Damage(string session, string message)
    {
        using var write = _store.Begin();
        write.PutPart(session, message, $"prt_{message}", new ReadOnlySequence<byte>("{"u8.ToArray()));
        write.Commit();
    }

    private void Change(string session, string message, string text)
    {
        using var write = _store.Begin();
        Part part = new TextPart { ID = $"prt_{message}", SessionID = session, MessageID = message, Text = text };
        write.PutPart(
            session, message, part.ID, new ReadOnlySequence<byte>(JsonSerializer.SerializeToUtf8Bytes(part, WireJson.Wire.Part)));
        write.Commit();
    }
}
