namespace Capstan.Testing.Models;

/// <summary>What a call to the model is for.</summary>
public enum ModelCallKind
{
    /// <summary>A step of a turn.</summary>
    Turn,

    /// <summary>The request for a session's title: no tools, and a system prompt that speaks of a title.</summary>
    Title,

    /// <summary>The request for a summary of the conversation: no tools, and a system prompt that speaks of summarising.</summary>
    Summary,
}
