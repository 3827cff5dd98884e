using System.Text.Json.Serialization;

namespace Capstan.Contract;

/// <summary>When a prompt that arrives while a turn runs is taken up.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<Delivery>))]
public enum Delivery
{
    /// <summary>Into the running turn, at its next step. The default, as OpenCode does.</summary>
    [JsonStringEnumMemberName("steer")]
    Steer,

    /// <summary>A turn of its own, after the running one.</summary>
    [JsonStringEnumMemberName("queue")]
    Queue,

    /// <summary>A turn of its own, at once: the running one is aborted.</summary>
    [JsonStringEnumMemberName("interrupt")]
    Interrupt,
}
