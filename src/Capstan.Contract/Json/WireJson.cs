using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace Capstan.Contract;

/// <summary>The JSON of the wire, source-generated: names in camel case, null values left out, no reflection.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    AllowOutOfOrderMetadataProperties = true,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(SessionInfo))]
[JsonSerializable(typeof(IReadOnlyList<SessionInfo>))]
[JsonSerializable(typeof(SessionStatus))]
[JsonSerializable(typeof(Dictionary<string, SessionStatus>))]
[JsonSerializable(typeof(IReadOnlyList<TodoItem>))]
[JsonSerializable(typeof(MessageInfo))]
[JsonSerializable(typeof(MessageWithParts))]
[JsonSerializable(typeof(MessageError))]
[JsonSerializable(typeof(Part))]
[JsonSerializable(typeof(PermissionRequest))]
[JsonSerializable(typeof(PermissionPolicy))]
[JsonSerializable(typeof(IReadOnlyList<PermissionRule>))]
[JsonSerializable(typeof(IReadOnlyList<PermissionApproval>))]
[JsonSerializable(typeof(PromptRequest))]
[JsonSerializable(typeof(IReadOnlyList<InboxEntry>))]
[JsonSerializable(typeof(CreateSessionRequest))]
[JsonSerializable(typeof(UpdateSessionRequest))]
[JsonSerializable(typeof(PermissionReplyRequest))]
[JsonSerializable(typeof(PermissionResponseRequest))]
[JsonSerializable(typeof(AgentInfo))]
[JsonSerializable(typeof(IReadOnlyList<AgentInfo>))]
[JsonSerializable(typeof(ProviderInfo))]
[JsonSerializable(typeof(IReadOnlyList<ProviderInfo>))]
[JsonSerializable(typeof(ProviderList))]
[JsonSerializable(typeof(ConfiguredProviders))]
[JsonSerializable(typeof(ProjectInfo))]
[JsonSerializable(typeof(IReadOnlyList<ProjectInfo>))]
[JsonSerializable(typeof(PathInfo))]
[JsonSerializable(typeof(VcsInfo))]
[JsonSerializable(typeof(IReadOnlyList<FileDiff>))]
[JsonSerializable(typeof(IReadOnlyList<FileNode>))]
[JsonSerializable(typeof(IReadOnlyList<FileChange>))]
[JsonSerializable(typeof(IReadOnlyList<TextMatch>))]
[JsonSerializable(typeof(IReadOnlyList<string>))]
[JsonSerializable(typeof(Dictionary<string, string>))]
[JsonSerializable(typeof(JsonObject))]
[JsonSerializable(typeof(SessionEvent))]
[JsonSerializable(typeof(SessionStatusEvent))]
[JsonSerializable(typeof(SessionIdleEvent))]
[JsonSerializable(typeof(SessionErrorEvent))]
[JsonSerializable(typeof(SessionDiffEvent))]
[JsonSerializable(typeof(MessageUpdatedEvent))]
[JsonSerializable(typeof(MessageRemovedEvent))]
[JsonSerializable(typeof(PartUpdatedEvent))]
[JsonSerializable(typeof(PartRemovedEvent))]
[JsonSerializable(typeof(PartDeltaEvent))]
[JsonSerializable(typeof(PermissionRepliedEvent))]
[JsonSerializable(typeof(TodoUpdatedEvent))]
[JsonSerializable(typeof(FileEditedEvent))]
[JsonSerializable(typeof(FileWatcherEvent))]
[JsonSerializable(typeof(InstanceDisposedEvent))]
public sealed partial class WireJson : JsonSerializerContext
{
    /// <summary>
    /// The context to use. It writes characters outside ASCII as they are, as other servers
    /// of this wire do; for most of the world's text this takes half the bytes.
    /// </summary>
    public static WireJson Wire => WireOptions.Context;

    // The separate class makes sure that this field is set after the
    // generated part's static fields, whatever the order of the files.
    private static class WireOptions
    {
        public static readonly WireJson Context = new(new JsonSerializerOptions(Default.GeneratedSerializerOptions!)
        {
            Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        });
    }
}
