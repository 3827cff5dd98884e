namespace Capstan.Engine.Configuration.Trust;

/// <summary>Which powers the files of a project used, and what was not applied: for the log, once a workspace.</summary>
public sealed class ProjectReport
{
    private const int MaxEntries = 40;

    private readonly List<string> _used = [];
    private readonly List<string> _refused = [];

    /// <summary>What was applied, in the order in which it was met.</summary>
    public IReadOnlyList<string> Used => _used;

    /// <summary>What was not applied, with the reason.</summary>
    public IReadOnlyList<string> Refused => _refused;

    internal void Use(string power) => Add(_used, power);

    internal void Refuse(string power) => Add(_refused, power);

    private static void Add(List<string> list, string entry)
    {
        // A file with a thousand references makes no line of a thousand words.
        if (list.Count < MaxEntries && !list.Contains(entry))
            list.Add(entry);
    }
}
