using Microsoft.Extensions.AI;

namespace Capstan.Engine.Models;

/// <summary>
/// Says that the model has begun a tool call whose arguments are still arriving. It is not part of
/// <c>Microsoft.Extensions.AI</c>: a client that cannot tell leaves it out, and the call shows up once its arguments are whole.
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
