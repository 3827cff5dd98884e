using System.Text.Json.Serialization;

namespace Capstan.Contract;

/// <summary>What a rule says of a call.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<PermissionAction>))]
public enum PermissionAction
{
    /// <summary>Run it.</summary>
    [JsonStringEnumMemberName("allow")]
    Allow,

    /// <summary>Refuse it.</summary>
    [JsonStringEnumMemberName("deny")]
    Deny,

    /// <summary>Ask a person.</summary>
    [JsonStringEnumMemberName("ask")]
    Ask,
}
