using System.Text.Json.Serialization;

namespace Capstan.Contract;

/// <summary>When a prompt that arrives while a turn runs is taken up.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<Delivery>))]
public enum Delivery
{
    /// <summary>The running turn takes the prompt up at its next step. This is the default, as in OpenCode.</summary>
    [JsonStringEnumMemberName("steer")]
    Steer,

    /// <summary>A turn of its own takes the prompt up, after the running turn.</summary>
    [JsonStringEnumMemberName("queue")]
    Queue,

    /// <summary>A turn of its own takes the prompt up at once: the running turn is aborted.</summary>
    [JsonStringEnumMemberName("interrupt")]
    Interrupt,
}
