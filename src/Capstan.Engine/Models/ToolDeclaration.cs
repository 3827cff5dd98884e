using System.Text.Json;
using Microsoft.Extensions.AI;

namespace Capstan.Engine.Models;

/// <summary>A tool as it is declared to a model.</summary>
internal sealed class ToolDeclaration(string name, string description, JsonElement schema) : AIFunctionDeclaration
{
    public override string Name { get; } = name;

    public override string Description { get; } = description;

    public override JsonElement JsonSchema { get; } = schema;
}
