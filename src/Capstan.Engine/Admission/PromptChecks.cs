using System.Text.Json;
using Capstan.Contract;
using Capstan.Engine.Models;
using Capstan.Engine.Workspaces;

namespace Capstan.Engine.Admission;

/// <summary>
/// Checks that refuse a prompt, or a session, before anything is stored (R12). A refusal says which field is wrong, what is wrong
/// with it, and what could stand there instead.
/// </summary>
internal static class PromptChecks
{
    /// <summary>Checks the identifiers and the format of a request; null where they can be accepted.</summary>
    public static Refusal? Check(PromptRequest request)
    {
        var partIDs = new HashSet<string>(StringComparer.Ordinal);
        if (request.MessageID is { } messageID && !messageID.StartsWith(IdentifierPrefix.Message, StringComparison.Ordinal))
            return Refusal.Invalid($"Expected a string starting with \"{IdentifierPrefix.Message}\", got \"{messageID}\"\n  at [\"messageID\"]");
        for (var i = 0; i < request.Parts.Count; i++)
        {
            // The serializer does not check that the elements of a list are not null.
            if (request.Parts[i] is null)
                return Refusal.Invalid($"Expected a part, got null\n  at [\"parts\"][{i}]");
            if (request.Parts[i].ID is { } partID && !partID.StartsWith(IdentifierPrefix.Part, StringComparison.Ordinal))
                return Refusal.Invalid($"Expected a string starting with \"{IdentifierPrefix.Part}\", got \"{partID}\"\n  at [\"parts\"][{i}][\"id\"]");
            // Of two parts with one identifier, the later would take the place of the earlier in the store.
            if (request.Parts[i].ID is { } id && !partIDs.Add(id))
                return Refusal.Invalid($"Two parts have the identifier \"{id}\"\n  at [\"parts\"][{i}][\"id\"]");
        }

        return request.Format is { } format && !IsText(format)
            ? Refusal.Invalid("Only answers of type \"text\" are supported by this version\n  at [\"format\"]")
            : null;
    }

    /// <summary>Checks that the workspace's directory exists or may be made; null where that is so.</summary>
    public static Refusal? CheckDirectory(Workspace workspace) =>
        workspace.Settings.Workspaces.Recreate == true || Directory.Exists(workspace.Directory)
            ? null
            : Refusal.Invalid(
                $"The session's directory is gone: {workspace.Directory}. Bring it back, or set capstan.workspaces.recreate in a "
                + "configuration outside of it to have it made again, empty.");

    /// <summary>
    /// Makes the workspace's directory again where it is gone and the configuration says so (<c>capstan.workspaces.recreate</c>).
    /// Only admission makes it: what a tool writes never brings the directory back by accident.
    /// </summary>
    public static Refusal? MakeDirectory(Workspace workspace)
    {
        if (CheckDirectory(workspace) is { } gone)
            return gone;
        if (Directory.Exists(workspace.Directory))
            return null;
        try
        {
            Directory.CreateDirectory(workspace.Directory);
            return null;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return Refusal.Invalid($"The session's directory is gone and cannot be made again: {failure.Message}");
        }
    }

    /// <summary>
    /// Chooses the agent and the model for a prompt; of each, the first that is named counts. Agent: the request's, the
    /// session's, the default. Model: the request's, the agent's, the session's, the default.
    /// </summary>
    public static (PromptChoice? Choice, Refusal? Refusal) Resolve(
        Workspace workspace, SessionInfo session, PromptRequest request)
    {
        var name = request.Agent ?? session.Agent;
        var agent = name is null ? workspace.Agents.Default : workspace.Agents.Find(name);
        if (agent is null)
        {
            return (null, name is null
                ? Refusal.Invalid(workspace.Agents.DefaultProblem ?? "There is no agent to answer: every primary agent is disabled.")
                : UnknownAgent(workspace, name, "agent"));
        }

        var chosen = request.Model
            ?? agent.Model
            ?? (session.Model is { } used ? new ModelRef(used.ProviderID, used.ID) : null);
        var model = chosen ?? workspace.Models.Default;
        if (workspace.Models.Find(model) is null)
            return (null, UnknownModel(workspace, model, "model"));
        var variant = request.Variant ?? (agent.Model == model ? agent.Variant : null);
        var isStandIn = chosen is null && model.ProviderID == OfflineModel.ProviderID;
        return (new PromptChoice(agent.Name, model with { Variant = variant }, isStandIn), null);
    }

    /// <summary>The refusal that there is no such agent, with the agents that there are.</summary>
    public static Refusal UnknownAgent(Workspace workspace, string name, string field)
    {
        var names = workspace.Agents.All.Where(static agent => agent.Hidden is not true).Select(static agent => agent.Name).Order(StringComparer.Ordinal);
        return Refusal.Invalid($"Agent not found: \"{name}\". Available agents: {string.Join(", ", names)}\n  at [\"{field}\"]");
    }

    /// <summary>The refusal that there is no such model, with models of similar names.</summary>
    public static Refusal UnknownModel(Workspace workspace, ModelRef model, string field)
    {
        var suggestions = workspace.Models.Suggest(model);
        var hint = suggestions.Count == 0 ? "" : $" Did you mean: {string.Join(", ", suggestions)}?";
        return Refusal.Invalid($"Model not found: {model.ProviderID}/{model.ModelID}.{hint}\n  at [\"{field}\"]");
    }

    private static bool IsText(JsonElement format) =>
        format.ValueKind == JsonValueKind.Object
        && format.TryGetProperty("type"u8, out var type)
        && type.ValueKind == JsonValueKind.String
        && type.ValueEquals("text"u8);
}
