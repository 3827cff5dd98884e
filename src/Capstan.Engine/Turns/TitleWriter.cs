using Capstan.Contract;
using Capstan.Engine.Agents;
using Capstan.Engine.Journal;
using Capstan.Engine.Models;
using Capstan.Engine.Storage;
using Capstan.Engine.Telemetry;
using Capstan.Engine.Workspaces;
using Microsoft.Extensions.AI;

namespace Capstan.Engine.Turns;

/// <summary>
/// Gives a new session a title, by one small model call that runs beside the first step. No turn is held up by this call, and
/// nothing else fails with it.
/// </summary>
internal sealed class TitleWriter(
    IStore store, SessionJournal journal, ChatClients chatClients, TimeProvider time, EngineObserver observer, CancellationToken stopping)
{
    private const int LongestTitle = 100;
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    /// <summary>
    /// Starts the model call, where the session has no parent and still has the title that it was created with.
    /// </summary>
    public void Start(Workspace workspace, StepPlan.Run step)
    {
        if (step.Session.ParentID is null && SessionNames.IsDefaultTitle(step.Session.Title) && ChatClients.CanTitle(step.Model))
            _ = WriteAsync(workspace, step);
    }

    private async Task WriteAsync(Workspace workspace, StepPlan.Run step)
    {
        var sessionID = step.Session.ID;
        try
        {
            // Yields, because the caller must go on with the step at once.
            await Task.Yield();
            if (await FirstPromptAsync(sessionID, step.Parent.ID) is not { } prompt || workspace.Agents.Find("title") is not { } agent)
                return;
            using var limit = new CancellationTokenSource(Patience, time);
            using var patience = CancellationTokenSource.CreateLinkedTokenSource(stopping, limit.Token);
            var model = (workspace.Models.Small(step.Model.ProviderID) is { } small ? workspace.Models.Find(small) : null) ?? step.Model;
            using var client = chatClients.Create(workspace.Directory, workspace.Models, workspace.Secrets, model);
            using var observed = new ModelCallObservation(observer, sessionID, agent.Name, model);
            var answer = await client.GetResponseAsync(
                [
                    new ChatMessage(ChatRole.System, workspace.Models.Withhold(model, agent.Prompt ?? "")),
                    new ChatMessage(ChatRole.User, PromptText.TitleRequest),
                    new ChatMessage(ChatRole.User, prompt),
                ],
                new ChatOptions
                {
                    ModelId = model.Api.ID,
                    Temperature = model.Capabilities.Temperature ? (float?)agent.Temperature : null,
                },
                patience.Token);
            observed.Answering();
            observed.End("stop", TokenPrices.Read(answer.Usage));
            if (Clean(answer.Text) is not { } title)
                return;
            await journal.CommitAsync(
                sessionID,
                transaction =>
                {
                    // Somebody may have named the session meanwhile.
                    if (transaction.FindSession(sessionID) is { } now && SessionNames.IsDefaultTitle(now.Info.Title))
                        transaction.UpdateSession(sessionID, session => session with { Title = title });
                },
                stopping);
        }
        catch (Exception exception)
        {
            Log.NoTitle(observer.Logger, sessionID, exception.Message);
        }
    }

    /// <summary>
    /// The text of the session's first prompt; null where <paramref name="messageID"/> is not the session's only prompt.
    /// </summary>
    private async Task<string?> FirstPromptAsync(string sessionID, string messageID)
    {
        var page = await store.ReadMessagesAsync(new MessageQuery(sessionID) { Limit = 8 }, stopping);
        var prompts = page.Messages.Where(static row => row.ReadInfo() is UserMessage).ToList();
        if (page.HasMore || prompts.Count != 1 || prompts[0].ID != messageID)
            return null;
        var texts = prompts[0].ReadParts().OfType<TextPart>().Where(static part => part.Synthetic is not true).Select(static part => part.Text);
        return string.Join('\n', texts) is { Length: > 0 } text ? text : null;
    }

    private static string? Clean(string text)
    {
        // Some models write their thoughts into the text, in front of the answer.
        var thought = text.LastIndexOf("</think>", StringComparison.Ordinal);
        if (thought >= 0)
            text = text[(thought + "</think>".Length)..];
        var line = text.Split('\n').Select(static line => line.Trim()).FirstOrDefault(static line => line.Length > 0);
        return line is { Length: > LongestTitle } ? line[..(LongestTitle - 3)] + "..." : line;
    }
}
