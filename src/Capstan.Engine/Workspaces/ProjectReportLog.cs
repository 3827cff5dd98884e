using System.Collections.Concurrent;
using Capstan.Engine.Configuration;
using Capstan.Engine.Configuration.Redaction;
using Capstan.Engine.Models;
using Microsoft.Extensions.Logging;

namespace Capstan.Engine.Workspaces;

/// <summary>
/// Logs once per workspace which powers the project's files used and
/// what was not applied, and again only when either has changed.
/// </summary>
internal sealed class ProjectReportLog(ILogger logger)
{
    // Directories come from requests, so the memory of what was logged for them must not grow without end.
    private const int MaxDirectories = 1_024;

    private readonly ConcurrentDictionary<string, string> _said = new(StringComparer.Ordinal);

    /// <summary>Logs a workspace's report, where it has anything to say.</summary>
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
        // The report's entries may hold secrets: references to variables and files are filled in already.
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
