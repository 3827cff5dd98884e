using System.Runtime.CompilerServices;
using Capstan.Contract;
using Capstan.Engine.Models;
using Capstan.Testing.Scheduling;
using Microsoft.Extensions.AI;

namespace Capstan.Engine.Tests.Simulation;

/// <summary>A model that behaves in every way that models do, as chance has it, and looks closely at what it is sent.</summary>
internal sealed class SimulatedModel(World world, SimulatedProcess process) : IChatClient
{
    private static readonly string[] Tools =
        ["note", "note", "guarded", "guarded", "forbidden", "slow", "stubborn", "broken", "no-such-tool"];

    private int _answer;

    /// <inheritdoc/>
    public async Task<ChatResponse> GetResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default)
    {
        await Task.Yield();
        return world.Random.Next(4) == 0
            ? throw Error("no title today", isRetryable: false)
            : new ChatResponse(new ChatMessage(ChatRole.Assistant, "A title"));
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages,
        ChatOptions? options = null,
        [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        ModelHistoryCheck.Check(world, messages);
        _answer = world.NewAnswer();
        await Task.Yield();
        cancellationToken.ThrowIfCancellationRequested();
        if (world.Plans.TryDequeue(out var plan))
        {
            await foreach (var update in FollowAsync(plan, cancellationToken))
                yield return update;
            yield break;
        }

        var rounds = messages.Count(static message => message.Role == ChatRole.Tool);
        var chance = world.Random.Next(100);
        if (world.IsDraining)
            chance = rounds > 6 ? 0 : chance / 2;
        if (chance < 4 || (chance < 30 && rounds > 6))
        {
            yield return Say("fine");
        }
        else if (chance >= 97)
        {
            await world.WaitAsync(process, "the model before its first word", cancellationToken);
            yield return Say("at last");
        }
        else if (chance >= 93)
        {
            throw Error("overloaded", isRetryable: true);
        }
        else if (chance >= 90)
        {
            throw Error("no such key", isRetryable: false);
        }
        else
        {
            await foreach (var update in AnswerAsync(chance, cancellationToken))
                yield return update;
        }

        yield return new ChatResponseUpdate
        {
            FinishReason = new ChatFinishReason(chance == 40 ? "content_filter" : chance == 41 ? "length" : "stop"),
            Contents = [new UsageContent(new UsageDetails { InputTokenCount = 10, OutputTokenCount = 5 })],
        };
    }

    /// <inheritdoc/>
    public object? GetService(Type serviceType, object? serviceKey = null) => null;

    /// <inheritdoc/>
    public void Dispose()
    {
    }

    private async IAsyncEnumerable<ChatResponseUpdate> FollowAsync(
        ModelPlan plan, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        yield return Say("as planned ");
        await Task.Yield();
        switch (plan.Kind)
        {
            case "hang":
                await world.WaitAsync(process, "the model in the middle", cancellationToken);
                break;
            case "retryable" or "fatal":
                throw Error("as planned", isRetryable: plan.Kind == "retryable");
            case "call":
                var id = world.NewCallID(_answer);
                yield return new ChatResponseUpdate(ChatRole.Assistant, [new ToolCallStartContent(id, plan.Tool!)]);
                var call = new FunctionCallContent(id, plan.Tool!, Arguments("a"));
                yield return new ChatResponseUpdate(ChatRole.Assistant, [call]);
                break;
        }

        yield return new ChatResponseUpdate { FinishReason = ChatFinishReason.Stop };
    }

    private async IAsyncEnumerable<ChatResponseUpdate> AnswerAsync(
        int chance, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (chance % 5 == 0)
            yield return new ChatResponseUpdate(ChatRole.Assistant, [new TextReasoningContent("Let me think.")]);
        for (var i = world.Random.Next(3); i > 0; i--)
        {
            await Task.Yield();
            cancellationToken.ThrowIfCancellationRequested();
            yield return Say($"word {i} ");
        }

        if (chance >= 86)
            await world.WaitAsync(process, "the model in the middle", cancellationToken);
        if (chance >= 80)
            throw Error("the connection was reset", isRetryable: true);
        if (chance < 30)
        {
            await foreach (var update in CallToolsAsync(cancellationToken))
                yield return update;
        }

        if (chance is 10 or 11)
            throw Error("the connection was reset after the calls", isRetryable: chance == 10);
    }

    private async IAsyncEnumerable<ChatResponseUpdate> CallToolsAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var isLoop = world.Random.Next(10) == 0;
        var count = isLoop ? 3 : 1 + world.Random.Next(3);
        for (var i = 0; i < count; i++)
        {
            var name = isLoop ? "note" : Tools[world.Random.Next(Tools.Length)];
            var id = world.NewCallID(_answer);
            if (world.Random.Next(3) > 0)
            {
                yield return new ChatResponseUpdate(ChatRole.Assistant, [new ToolCallStartContent(id, name)]);
                await Task.Yield();
                cancellationToken.ThrowIfCancellationRequested();
                if (world.Random.Next(20) == 0)
                    throw Error("the connection was reset within a call", isRetryable: world.Random.Next(3) > 0);
            }

            var call = new FunctionCallContent(id, name);
            if (world.Random.Next(20) == 0)
                call.Exception = new FormatException("not JSON");
            else
                call.Arguments = Arguments(isLoop ? "same" : world.Random.Next(30) == 0 ? null : $"{(char)('a' + world.Random.Next(3))}");
            yield return new ChatResponseUpdate(ChatRole.Assistant, [call]);
            await Task.Yield();
        }
    }

    private static Dictionary<string, object?> Arguments(string? what) => what is null ? [] : new() { ["what"] = what };

    private static ChatResponseUpdate Say(string text) => new(ChatRole.Assistant, text);

    private static ModelException Error(string message, bool isRetryable) =>
        new(new MessageError("APIError", new MessageErrorData { Message = message, IsRetryable = isRetryable }), isRetryable);
}
