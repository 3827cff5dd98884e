using System.Text.Json.Nodes;
using Capstan.Contract;
using Capstan.Engine.Agents;
using Capstan.Engine.Journal;
using Capstan.Engine.Models;
using Capstan.Engine.Tools;
using Capstan.Engine.Workspaces;
using Microsoft.Extensions.AI;

namespace Capstan.Engine.Turns;

/// <summary>What a model call sends to the model.</summary>
/// <param name="Messages">The system prompt and the history.</param>
/// <param name="Options">The parameters of the call, and the declarations of the tools.</param>
/// <param name="Tools">The tools that the model may call.</param>
internal sealed record StepRequest(IReadOnlyList<ChatMessage> Messages, ChatOptions Options, IReadOnlyList<ITool> Tools)
{
    /// <summary>Builds the request of a step.</summary>
    public static async Task<StepRequest> BuildAsync(
        ToolSet offered,
        TimeProvider time,
        TurnOptions limits,
        Workspace workspace,
        StepPlan.Run plan,
        ModelContext context,
        LeasedJournal journal,
        int number,
        CancellationToken cancellationToken)
    {
        var system = SystemPrompt.Compose(new SystemPromptParts
        {
            Agent = plan.Agent,
            Model = plan.Model,
            Surroundings = workspace.Surroundings,
            Today = DateOnly.FromDateTime(time.GetLocalNow().DateTime),
            Instructions = await workspace.Instructions.ReadAsync(cancellationToken),
            System = plan.Parent.System,
        });
        system = workspace.Models.Withhold(plan.Model, system);
        var history = await journal.ReadAsync(
            async token => await context.ReadAsync(plan.Message.ID, plan.Model, token), cancellationToken);
        var messages = new List<ChatMessage>(history.Count + 3) { new(ChatRole.System, system) };
        messages.AddRange(history);
        if (PlanReminder.For(plan.Agent.Name, context.AgentBefore(plan.Parent)) is { } reminder)
            AddToLastUserMessage(messages, reminder);
        if (plan.Agent.Steps is { } limit && number >= limit)
            messages.Add(new ChatMessage(ChatRole.Assistant, PromptText.LastStep));

        var tools = plan.Model.Capabilities.ToolCall
            ? offered.For(plan.Model, plan.Agent, workspace.Agents.CeilingsOf(plan.Agent), plan.Session, plan.Parent)
            : [];
        return new StepRequest(messages, CreateOptions(workspace, limits, plan, tools), tools);
    }

    private static ChatOptions CreateOptions(Workspace workspace, TurnOptions limits, StepPlan.Run plan, IReadOnlyList<ITool> tools)
    {
        var output = plan.Model.Limit.Output;
        var most = limits.MaxOutputTokens;
        var options = new ChatOptions
        {
            ModelId = plan.Model.Api.ID,
            MaxOutputTokens = output > 0 ? (int)Math.Min(output, most) : most,
            TopP = (float?)plan.Agent.TopP,
            Tools = [.. tools.Select(static tool => tool.Definition.Declaration)],
            AdditionalProperties = new AdditionalPropertiesDictionary
            {
                [ModelRequest.CacheKey] = plan.Session.ID,
                [ModelRequest.HeadersKey] = Headers(plan.Session),
                [ModelRequest.OptionsKey] = workspace.Models.Withhold(plan.Model, PresetOptions(plan)),
            },
        };
        if (plan.Model.Capabilities.Temperature)
            options.Temperature = (float?)plan.Agent.Temperature;
        return options;
    }

    /// <summary>The agent's options, overridden by those of the reasoning preset that the prompt asks for.</summary>
    private static JsonObject PresetOptions(StepPlan.Run plan)
    {
        var options = plan.Agent.Options.DeepClone().AsObject();
        if (plan.Parent.Model.Variant is { } variant && plan.Model.Variants?.TryGetValue(variant, out var preset) == true)
        {
            foreach (var (name, value) in preset)
                options[name] = value?.DeepClone();
        }

        return options;
    }

    /// <summary>Headers that name the session, so that providers and gateways can keep a session on one machine.</summary>
    private static Dictionary<string, string> Headers(SessionInfo session)
    {
        var headers = new Dictionary<string, string>
        {
            ["x-session-affinity"] = session.ID,
            ["X-Session-Id"] = session.ID,
        };
        if (session.ParentID is { } parent)
            headers["x-parent-session-id"] = parent;
        return headers;
    }

    private static void AddToLastUserMessage(List<ChatMessage> messages, string text)
    {
        var index = messages.FindLastIndex(static message => message.Role == ChatRole.User);
        // The message is replaced by a copy: the context keeps the original for the next step, which decides anew whether to add
        // a reminder.
        if (index >= 0)
            messages[index] = new ChatMessage(ChatRole.User, [.. messages[index].Contents, new TextContent(text)]);
    }
}
