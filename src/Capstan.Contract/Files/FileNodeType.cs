using System.Text.Json.Serialization;

namespace Capstan.Contract;

/// <summary>The kinds of entries that a directory's listing and a search for names have.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<FileNodeType>))]
public enum FileNodeType
{
    /// <summary>A file.</summary>
    [JsonStringEnumMemberName("file")]
    File,

    /// <summary>A directory.</summary>
    [JsonStringEnumMemberName("directory")]
    Directory,
}
