using System.Collections.Concurrent;
using Capstan.Engine.Configuration;
using Capstan.Engine.Configuration.Redaction;
using Capstan.Engine.Models;
using Microsoft.Extensions.Logging;

namespace Capstan.Engine.Workspaces;

/// <summary>
/// Says once per workspace which powers the files of its project used, and what was not applied; again only when that has changed.
/// </summary>
internal sealed class ProjectReportLog(ILogger logger)
{
    // Directories come from requests: what was said of them must not grow without end.
    private const int MaxDirectories = 1_024;

    private readonly ConcurrentDictionary<string, string> _said = new(StringComparer.Ordinal);

    /// <summary>Writes the line of a workspace, where there is something to say.</summary>
    public void Write(string directory, WorkspaceConfig config, ModelCatalogue models, SecretValues secrets)
    {
        var used = config.Report.Used;
        string[] refused =
        [
            .. config.Report.Refused,
            .. models.Withheld.Select(static id => $"the credentials of provider {id} (they were configured outside the project, the address within it)"),
        ];
        if (used.Count + refused.Length == 0)
            return;
        // What they name has its references filled in.
        var (usedText, refusedText) = (secrets.Redact(Join(used)), secrets.Redact(Join(refused)));
        var text = usedText + "\n" + refusedText;
        if (_said.GetValueOrDefault(directory) == text)
            return;
        if (_said.Count >= MaxDirectories)
            _said.Clear();
        _said[directory] = text;
        if (refused.Length > 0)
            Log.ProjectLimited(logger, directory, usedText, refusedText);
        else
            Log.ProjectPowers(logger, directory, usedText);
    }

    private static string Join(IReadOnlyList<string> entries) => entries.Count == 0 ? "nothing" : string.Join("; ", entries);
}
