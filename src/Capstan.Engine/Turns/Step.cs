using Capstan.Contract;
using Capstan.Engine.Models;
using Capstan.Engine.Storage;
using Capstan.Engine.Workspaces.Snapshots;
using Microsoft.Extensions.AI;

namespace Capstan.Engine.Turns;

/// <summary>One step: one model call, retried where that helps, and the tool calls that it asks for.</summary>
/// <remarks>
/// <code>
///   1. request   system prompt, history, tools
///   2. stream    parts grow as chunks arrive; a tool call starts as soon as its arguments are whole
///   3. settle    the tools that were started finish
///   4. close     step-finish, the message completed
/// </code>
/// Invariant: however a step ends, its message is completed, its text is closed, and no tool call of it is left pending or
/// running.
/// </remarks>
internal sealed class Step(PromptExecutor prompts, StepScope scope)
{
    private readonly StepPlan.Run _plan = scope.Plan;
    private readonly StepParts _parts = new(scope.Journal, prompts.Identifiers, prompts.Observer.Time, scope.Plan);
    private readonly ToolCalls _tools = new(prompts.Tools, scope.Journal, scope.Workspace, scope.Plan);
    private readonly TurnOptions _options = prompts.Options.With(scope.Workspace.Settings.Turns);

    /// <summary>Runs the step to its end.</summary>
    public async Task<StepOutcome> RunAsync(CancellationToken abort)
    {
        MessageError error;
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(abort);
        scope.Snapshots.Begin(_plan.Parent.ID, abort);
        // Before anything can fail: a turn may be aborted before its first step has read the history.
        _tools.TakeOver(_plan.Waiting);
        try
        {
            var request = await StepRequest.BuildAsync(
                prompts.Tools.Tools, prompts.Observer.Time, _options, scope.Workspace, _plan, scope.Context, scope.Journal, scope.Number, abort);
            _tools.Offer(request.Tools, stop);
            string finish;
            if (_plan.Waiting.Count > 0)
            {
                // Snapshot now: these calls waited for a permission when the process died and have not run.
                await scope.Snapshots.BeforeAsync();
                _tools.Resume();
                finish = "tool-calls";
            }
            else
            {
                finish = await StreamAsync(request, abort);
            }

            await _tools.SettleAsync(abort);
            if (finish != "content-filter")
                return await FinishAsync(finish, abort);
            error = MessageError.ContentFilter("The provider's content filter stopped the answer.");
        }
        catch (OperationCanceledException) when (abort.IsCancellationRequested)
        {
            error = MessageError.Aborted();
        }
        catch (ModelException exception)
        {
            error = exception.Error;
        }
        catch (StoreUnavailableException)
        {
            // As where the process dies: nothing can be recorded, and what is open is closed by the look that takes the turn up again.
            // The calls must have stopped by then.
            await _tools.InterruptAsync(_options.AbortGrace);
            throw;
        }
        catch (Exception exception)
        {
            Log.TurnFailed(prompts.Observer.Logger, exception, _plan.Session.ID);
            error = MessageError.Unknown(exception.Message);
        }

        return await CloseAsync(error, abort);
    }

    private async Task<string> StreamAsync(StepRequest request, CancellationToken abort)
    {
        using var client = prompts.ChatClients.Create(
            scope.Workspace.Directory, scope.Workspace.Models, scope.Workspace.Secrets, _plan.Model);
        for (var attempt = 1; ; attempt++)
        {
            await scope.Journal.PostAsync(transaction => transaction.SetStatus(_plan.Session.ID, SessionStatus.IsBusy));
            try
            {
                using var waiting = prompts.Activities.WaitForModel(_plan.Session.ID, _plan.Model);
                return await CallAsync(client, request, abort);
            }
            catch (ModelException exception) when (MayRetry(exception, attempt))
            {
                Log.ModelCallFailed(prompts.Observer.Logger, _plan.Session.ID, attempt, exception.Message);
                if (_tools.Any)
                {
                    // Tool calls of this answer have begun. Asking the model again could run them twice, so the answer is taken
                    // as far as it came, and the next step shows the model what the calls did.
                    await _parts.CloseAsync();
                    return "unknown";
                }

                await _parts.DiscardAsync();
                await WaitAsync(exception, attempt, abort);
            }
        }
    }

    private async Task<string> CallAsync(IChatClient client, StepRequest request, CancellationToken abort)
    {
        using var call = new ModelCallObservation(prompts.Observer, _plan.Session.ID, _plan.Agent.Name, _plan.Model);
        try
        {
            return await ReadStreamAsync(client, request, call, abort);
        }
        catch (ModelException exception)
        {
            call.Fail(exception.Error.Name);
            throw;
        }
    }

    private async Task<string> ReadStreamAsync(
        IChatClient client, StepRequest request, ModelCallObservation observed, CancellationToken abort)
    {
        string? finish = null;
        UsageDetails? usage = null;
        var isFirst = true;
        await foreach (var update in client.GetStreamingResponseAsync(request.Messages, request.Options, abort))
        {
            if (isFirst)
            {
                observed.Answering();
                await _parts.StartAsync(await scope.Snapshots.BeforeAsync());
            }

            isFirst = false;
            foreach (var content in update.Contents)
            {
                switch (content)
                {
                    case TextReasoningContent reasoning:
                        await _parts.AppendReasoningAsync(reasoning.Text, reasoning.ProtectedData);
                        break;
                    case TextContent text:
                        await _parts.AppendTextAsync(text.Text);
                        break;
                    case ToolCallStartContent start:
                        await _parts.CloseReasoningAsync();
                        await _tools.BeginAsync(start.CallID, start.Name);
                        break;
                    case FunctionCallContent call:
                        await _parts.CloseReasoningAsync();
                        await _tools.RunAsync(call);
                        break;
                    case UsageContent details:
                        usage = details.Details;
                        break;
                }
            }

            if (update.FinishReason is { } reason)
                finish = Finish(reason.Value);
        }

        abort.ThrowIfCancellationRequested();
        await _parts.CloseAsync();
        var tokens = TokenPrices.Read(usage);
        _parts.SetUsage(tokens);
        scope.Observation.Turn.Add(tokens);
        observed.End(finish ?? "unknown", tokens);
        return finish ?? "unknown";
    }

    private bool MayRetry(ModelException exception, int attempt) =>
        exception.IsRetryable && attempt <= _options.MaxRetries && !(exception.RetryAfter > _options.MaxRetryAfter);

    private async Task WaitAsync(ModelException exception, int attempt, CancellationToken abort)
    {
        var backoff = _options.RetryDelay * Math.Pow(2, attempt - 1) * (1 + (prompts.Jitter() / 4));
        var delay = exception.RetryAfter
            ?? (backoff < _options.MaxRetryDelay ? backoff : _options.MaxRetryDelay);
        var next = prompts.Observer.Time.GetUtcNow() + delay;
        Log.WaitsToRetry(prompts.Observer.Logger, _plan.Session.ID, next);
        await scope.Journal.PostAsync(transaction => transaction.SetStatus(
            _plan.Session.ID, new SessionStatus.Retry(attempt, exception.Message, next.ToUnixTimeMilliseconds())));
        await Task.Delay(delay, prompts.Observer.Time, abort);
    }

    private async Task<StepOutcome> FinishAsync(string finish, CancellationToken abort)
    {
        // Some providers finish with "stop" although the model called tools. What counts is that there are tool results to show
        // the model.
        if (_tools.Any && finish is "stop" or "unknown")
            finish = "tool-calls";
        var outcome = _tools.EndsTurn ? StepOutcome.Rejected
            : _tools.Any && finish == "tool-calls" ? StepOutcome.Continue
            : StepOutcome.Stop;
        await _parts.FinishAsync(finish, outcome, await scope.Snapshots.EndAsync(_tools.MayHaveChanged, abort));
        return outcome;
    }

    private async Task<StepOutcome> CloseAsync(MessageError error, CancellationToken abort)
    {
        var interrupted = await _tools.InterruptAsync(_options.AbortGrace);
        var change = _tools.MayHaveChanged ? await scope.Snapshots.EndAsync(mayHaveChanged: true, abort) : StepChange.Unknown;
        var outcome = abort.IsCancellationRequested ? StepOutcome.Aborted : StepOutcome.Failed;
        await _parts.FailAsync(error, outcome, interrupted, change);
        return outcome;
    }

    private static string Finish(string reason) => reason switch
    {
        "tool_calls" or "function_call" => "tool-calls",
        "content_filter" => "content-filter",
        "stop" or "length" or "error" => reason,
        _ => "unknown",
    };
}
