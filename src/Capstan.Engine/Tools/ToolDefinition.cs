using System.Text.Json;
using Capstan.Contract;
using Capstan.Engine.Models;
using Microsoft.Extensions.AI;

namespace Capstan.Engine.Tools;

/// <summary>What the model is told of a tool.</summary>
/// <param name="ID">The tool's name, by which the model calls it.</param>
/// <param name="Description">What the tool does, when to use it, and its limits.</param>
/// <param name="Parameters">The JSON Schema (2020-12) of the tool's arguments.</param>
/// <param name="HasSideEffects">
/// Whether a call may change anything, so that it must never be run twice without being asked for twice.
/// </param>
public sealed record ToolDefinition(string ID, string Description, JsonElement Parameters, bool HasSideEffects)
{
    /// <summary>
    /// The permission that decides whether the model sees the tool; by default the one with the tool's own name.
    /// </summary>
    public string Permission { get; init; } = ID;

    /// <summary>Whether a model is offered the tool; by default every model is.</summary>
    public Predicate<ModelInfo> IsOfferedTo { get; init; } = static _ => true;

    /// <summary>The definition in the form that model calls take.</summary>
    internal AITool Declaration => field ??= new ToolDeclaration(ID, Description, Parameters);
}
