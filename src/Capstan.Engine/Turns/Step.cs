using Capstan.Contract;
using Capstan.Engine.Journal;
using Capstan.Engine.Models;
using Capstan.Engine.Storage;
using Capstan.Engine.Workspaces;
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
internal sealed class Step(
    TurnServices services,
    LeasedJournal journal,
    Workspace workspace,
    StepPlan.Run plan,
    ModelContext context,
    TurnSnapshots snapshots,
    StepObservation observation,
    int number)
{
    private readonly StepParts _parts = new(journal, services.Identifiers, services.Time, plan);
    private readonly ToolCalls _tools = new(services, journal, workspace, plan);
    private readonly TurnOptions _options = services.Options.With(workspace.Settings.Turns);

    /// <summary>Runs the step to its end.</summary>
    public async Task<StepOutcome> RunAsync(CancellationToken abort)
    {
        MessageError error;
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(abort);
        snapshots.Begin(plan.Parent.ID, abort);
        try
        {
            var request = await StepRequest.BuildAsync(services, workspace, plan, context, number, abort);
            _tools.Offer(request.Tools, stop);
            string finish;
            if (plan.Waiting.Count > 0)
            {
                // Snapshot now: these calls waited for a permission when the process died and have not run.
                await snapshots.BeforeAsync();
                _tools.Resume(plan.Waiting);
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
        catch (Exception exception)
        {
            Log.TurnFailed(services.Logger, exception, plan.Session.ID);
            error = MessageError.Unknown(exception.Message);
        }

        return await CloseAsync(error, abort);
    }

    private async Task<string> StreamAsync(StepRequest request, CancellationToken abort)
    {
        using var client = services.ChatClients.Create(workspace.Directory, workspace.Models, workspace.Secrets, plan.Model);
        for (var attempt = 1; ; attempt++)
        {
            await journal.PostAsync(transaction => transaction.SetStatus(plan.Session.ID, SessionStatus.IsBusy));
            try
            {
                using var waiting = services.Activities.WaitForModel(plan.Session.ID, plan.Model);
                return await CallAsync(client, request, abort);
            }
            catch (ModelException exception) when (MayRetry(exception, attempt))
            {
                Log.ModelCallFailed(services.Logger, plan.Session.ID, attempt, exception.Message);
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
        using var call = new ModelCallObservation(services.Observer, plan.Session.ID, plan.Agent.Name, plan.Model);
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
                await _parts.StartAsync(await snapshots.BeforeAsync());
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
        observation.Turn.Add(tokens);
        observed.End(finish ?? "unknown", tokens);
        return finish ?? "unknown";
    }

    private bool MayRetry(ModelException exception, int attempt) =>
        exception.IsRetryable && attempt <= _options.MaxRetries && !(exception.RetryAfter > _options.MaxRetryAfter);

    private async Task WaitAsync(ModelException exception, int attempt, CancellationToken abort)
    {
        var backoff = _options.RetryDelay * Math.Pow(2, attempt - 1) * (1 + (services.Jitter() / 4));
        var delay = exception.RetryAfter
            ?? (backoff < _options.MaxRetryDelay ? backoff : _options.MaxRetryDelay);
        var next = services.Time.GetUtcNow() + delay;
        Log.WaitsToRetry(services.Logger, plan.Session.ID, next);
        await journal.PostAsync(transaction => transaction.SetStatus(
            plan.Session.ID, new SessionStatus.Retry(attempt, exception.Message, next.ToUnixTimeMilliseconds())));
        await Task.Delay(delay, services.Time, abort);
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
        await _parts.FinishAsync(finish, outcome, await snapshots.EndAsync(_tools.MayHaveChanged, abort));
        return outcome;
    }

    private async Task<StepOutcome> CloseAsync(MessageError error, CancellationToken abort)
    {
        var interrupted = await _tools.InterruptAsync();
        var change = _tools.MayHaveChanged ? await snapshots.EndAsync(mayHaveChanged: true, abort) : StepChange.Unknown;
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
