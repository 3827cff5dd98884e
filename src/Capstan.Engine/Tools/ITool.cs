using System.Text.Json;

namespace Capstan.Engine.Tools;

/// <summary>A tool that a model can call. An implementation keeps no state of a call: one instance serves all sessions.</summary>
public interface ITool
{
    /// <summary>What the model is told of the tool.</summary>
    ToolDefinition Definition { get; }

    /// <summary>Runs one call.</summary>
    /// <param name="input">The arguments, already checked against <see cref="ToolDefinition.Parameters"/>.</param>
    /// <param name="context">
    /// The session, the workspace, and ways to ask for permissions and to tell clients about the call.
    /// </param>
    /// <param name="cancellationToken">
    /// Cancelled when the turn is aborted. The tool then ends at once and leaves no process behind.
    /// </param>
    /// <exception cref="ToolException">The call failed in a way that the model should be told.</exception>
    Task<ToolResult> ExecuteAsync(JsonElement input, ToolContext context, CancellationToken cancellationToken);
}
