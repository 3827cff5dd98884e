namespace Capstan.Engine.Models;

/// <summary>The protocol by which a model is called.</summary>
internal enum ModelProtocol
{
    /// <summary>None: Capstan does not speak the protocol of the model's package.</summary>
    Unsupported,

    /// <summary>No network: the built-in model, which repeats what it is told.</summary>
    Offline,

    /// <summary>Chat completions as OpenAI defined them.</summary>
    OpenAICompatible,
}
