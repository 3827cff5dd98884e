namespace Capstan.Engine.Storage;

/// <summary>The names of the kinds of work, as they are stored. A name must never change.</summary>
public static class WorkKind
{
    /// <summary>A prompt: its user message is stored, and a model is to answer it.</summary>
    public const string Prompt = "prompt";
}
