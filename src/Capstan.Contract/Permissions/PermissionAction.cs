using System.Text.Json.Serialization;

namespace Capstan.Contract;

/// <summary>What a rule decides about a tool call.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<PermissionAction>))]
public enum PermissionAction
{
    /// <summary>The tool call may run.</summary>
    [JsonStringEnumMemberName("allow")]
    Allow,

    /// <summary>The tool call may not run.</summary>
    [JsonStringEnumMemberName("deny")]
    Deny,

    /// <summary>A person is asked.</summary>
    [JsonStringEnumMemberName("ask")]
    Ask,
}
