using Capstan.Engine.Files;

namespace Capstan.Engine.Tools;

/// <summary>
/// Makes the marks by which the processes of tool calls are found. A mark holds the identifier
/// of the call's part, which is unique, and the data directory, so that a server on a copy of
/// the data does not take the original server's processes for its own.
/// </summary>
internal sealed class ProcessMarks(string dataDirectory)
{
    // The path is resolved, so that a mark is the same however the directory was named at an earlier start.
    private readonly string _data = PathContainment.Resolve(dataDirectory);

    /// <summary>Makes the mark of the tool call that a part shows.</summary>
    public string Of(string partID) => $"{partID} {_data}";
}
