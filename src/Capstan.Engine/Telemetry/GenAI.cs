namespace Capstan.Engine.Telemetry;

/// <summary>
/// Names of OpenTelemetry's semantic conventions for generative AI
/// (<see href="https://opentelemetry.io/docs/specs/semconv/gen-ai/"/>), and Capstan's own names where the conventions have none.
/// </summary>
internal static class GenAI
{
    public const string OperationName = "gen_ai.operation.name";
    public const string ProviderName = "gen_ai.provider.name";
    public const string RequestModel = "gen_ai.request.model";
    public const string ConversationID = "gen_ai.conversation.id";
    public const string AgentName = "gen_ai.agent.name";
    public const string ToolName = "gen_ai.tool.name";
    public const string ToolType = "gen_ai.tool.type";
    public const string ToolCallID = "gen_ai.tool.call.id";
    public const string FinishReasons = "gen_ai.response.finish_reasons";
    public const string InputTokens = "gen_ai.usage.input_tokens";
    public const string OutputTokens = "gen_ai.usage.output_tokens";
    public const string TokenType = "gen_ai.token.type";
    public const string ErrorType = "error.type";

    /// <summary>How a turn, a step, a tool call or an admission ended.</summary>
    public const string Outcome = "capstan.outcome";

    /// <summary>The message of a prompt, which connects its admission with the turn that answers it.</summary>
    public const string MessageID = "capstan.message.id";
}
