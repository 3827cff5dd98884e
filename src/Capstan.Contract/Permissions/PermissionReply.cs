using System.Text.Json.Serialization;

namespace Capstan.Contract;

/// <summary>An answer to a permission request.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<PermissionReply>))]
public enum PermissionReply
{
    /// <summary>This tool call may run.</summary>
    [JsonStringEnumMemberName("once")]
    Once,

    /// <summary>This tool call, and every later one that the request's patterns cover, may run.</summary>
    [JsonStringEnumMemberName("always")]
    Always,

    /// <summary>This tool call may not run.</summary>
    [JsonStringEnumMemberName("reject")]
    Reject,
}
