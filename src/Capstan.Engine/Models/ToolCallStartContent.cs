using Microsoft.Extensions.AI;

namespace Capstan.Engine.Models;

/// <summary>
/// The model has begun a tool call whose arguments are still arriving. Not part of <c>Microsoft.Extensions.AI</c>: a provider that
/// cannot tell leaves it out, and the call shows up once it is whole.
/// </summary>
/// <param name="callID">The call's identifier.</param>
/// <param name="name">The tool's name.</param>
public sealed class ToolCallStartContent(string callID, string name) : AIContent
{
    /// <summary>The call's identifier.</summary>
    public string CallID { get; } = callID;

    /// <summary>The tool's name.</summary>
    public string Name { get; } = name;
}
