using System.Text.Json;

namespace Capstan.Contract;

/// <summary>The body of <c>POST /session/{id}/message</c> and <c>…/prompt_async</c>.</summary>
public sealed record PromptRequest
{
    /// <summary>
    /// The client's identifier for the message, <c>msg…</c>. The same identifier with the same body again is the same prompt.
    /// </summary>
    public string? MessageID { get; init; }

    /// <summary>The model that answers; by default the agent's, the session's or the configured one.</summary>
    public ModelRef? Model { get; init; }

    /// <summary>The agent that answers; by default the session's or the configured one.</summary>
    public string? Agent { get; init; }

    /// <summary>Whether the message is only stored as context, and starts no turn.</summary>
    public bool? NoReply { get; init; }

    /// <summary>Another name for <see cref="NoReply"/>.</summary>
    public bool? SkipInference { get; init; }

    /// <summary>
    /// When the prompt is taken up while a turn runs; Capstan's own, by default <see cref="Contract.Delivery.Steer"/>.
    /// </summary>
    public Delivery? Delivery { get; init; }

    /// <summary>Tools that are switched on or off, by name; they replace the session's rules.</summary>
    public IReadOnlyDictionary<string, bool>? Tools { get; init; }

    /// <summary>The form that the answer must have.</summary>
    public JsonElement? Format { get; init; }

    /// <summary>A further system prompt, for this prompt.</summary>
    public string? System { get; init; }

    /// <summary>A reasoning preset of the model.</summary>
    public string? Variant { get; init; }

    /// <summary>The parts of the prompt.</summary>
    public required IReadOnlyList<PartInput> Parts { get; init; }

    /// <summary>
    /// Returns the same prompt with only one of several names for the
    /// same thing, so that two spellings of it count as one prompt.
    /// </summary>
    public PromptRequest Normalised() =>
        SkipInference is null ? this : this with { NoReply = SkipInference.Value || NoReply == true ? true : NoReply, SkipInference = null };
}
