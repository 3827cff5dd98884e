using Capstan.Engine.Files;

namespace Capstan.Engine.Tools;

/// <summary>
/// Names the processes of calls. A part's identifier is unique; the data directory is named as well, so that a server on a copy of
/// the data does not take the original's processes for its own.
/// </summary>
internal sealed class ProcessMarks(string dataDirectory)
{
    // However the directory was spelled at another start.
    private readonly string _data = PathContainment.Resolve(dataDirectory);

    /// <summary>The mark of the call that a part shows.</summary>
    public string Of(string partID) => $"{partID} {_data}";
}
