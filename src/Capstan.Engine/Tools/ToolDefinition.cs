using System.Text.Json;
using Capstan.Engine.Models;
using Microsoft.Extensions.AI;

namespace Capstan.Engine.Tools;

/// <summary>What the model is told of a tool.</summary>
/// <param name="ID">The name by which it is called.</param>
/// <param name="Description">What it does, when to use it, and its limits.</param>
/// <param name="Parameters">The JSON Schema (2020-12) of its arguments.</param>
/// <param name="HasSideEffects">Whether a call may change anything, so that it must never be run twice unasked.</param>
public sealed record ToolDefinition(string ID, string Description, JsonElement Parameters, bool HasSideEffects)
{
    /// <summary>The permission that decides whether the model sees the tool; most tools have their own.</summary>
    public string Permission { get; init; } = ID;

    /// <summary>The definition as the model seam takes it.</summary>
    internal AITool Declaration => field ??= new ToolDeclaration(ID, Description, Parameters);
}
