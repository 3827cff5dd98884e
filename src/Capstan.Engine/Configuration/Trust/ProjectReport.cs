namespace Capstan.Engine.Configuration.Trust;

/// <summary>
/// Which powers the files of a project used, and which of their settings were not applied; for the log, once a workspace.
/// </summary>
internal sealed class ProjectReport
{
    private const int MaxEntries = 40;

    private readonly List<string> _used = [];
    private readonly List<string> _refused = [];

    /// <summary>The powers that were applied, in the order in which they were found.</summary>
    public IReadOnlyList<string> Used => _used;

    /// <summary>The settings that were not applied, each with the reason.</summary>
    public IReadOnlyList<string> Refused => _refused;

    internal void Use(string power) => Add(_used, power);

    internal void Refuse(string power) => Add(_refused, power);

    private static void Add(List<string> list, string entry)
    {
        // The bound keeps a file with a thousand references from making a line of the log with a thousand entries.
        if (list.Count < MaxEntries && !list.Contains(entry))
            list.Add(entry);
    }
}
