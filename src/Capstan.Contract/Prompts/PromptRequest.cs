using System.Text.Json;

namespace Capstan.Contract;

/// <summary>The body of <c>POST /session/{id}/message</c> and <c>…/prompt_async</c>.</summary>
public sealed record PromptRequest
{
    /// <summary>The client's identifier for the message, <c>msg…</c>; sending it again is the same prompt.</summary>
    public string? MessageID { get; init; }

    /// <summary>The model that is to answer.</summary>
    public ModelRef? Model { get; init; }

    /// <summary>The agent that is to answer.</summary>
    public string? Agent { get; init; }

    /// <summary>Store the message as context and start no turn.</summary>
    public bool? NoReply { get; init; }

    /// <summary>Another name for <see cref="NoReply"/>.</summary>
    public bool? SkipInference { get; init; }

    /// <summary>When the prompt is taken up while a turn runs; Capstan's own, default <see cref="Contract.Delivery.Steer"/>.</summary>
    public Delivery? Delivery { get; init; }

    /// <summary>Tools switched on and off; replaces the session's rules.</summary>
    public IReadOnlyDictionary<string, bool>? Tools { get; init; }

    /// <summary>The shape that the answer must have.</summary>
    public JsonElement? Format { get; init; }

    /// <summary>A further system prompt.</summary>
    public string? System { get; init; }

    /// <summary>A reasoning preset of the model.</summary>
    public string? Variant { get; init; }

    /// <summary>What is said.</summary>
    public required IReadOnlyList<PartInput> Parts { get; init; }

    /// <summary>The same prompt with one name for each thing, so that what is said twice in two ways is one prompt.</summary>
    public PromptRequest Normalised() =>
        SkipInference is null ? this : this with { NoReply = SkipInference.Value || NoReply == true ? true : NoReply, SkipInference = null };
}
