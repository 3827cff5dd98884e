namespace Capstan.Engine.Models;

/// <summary>How a model is spoken to.</summary>
public enum ModelProtocol
{
    /// <summary>Not at all: nothing here speaks what its package would.</summary>
    Unsupported,

    /// <summary>Without a network: the built-in model that repeats what it is told.</summary>
    Offline,

    /// <summary>Chat completions as OpenAI defined them.</summary>
    OpenAICompatible,
}
