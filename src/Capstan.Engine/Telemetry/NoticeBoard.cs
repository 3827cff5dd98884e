using Microsoft.Extensions.Logging;

namespace Capstan.Engine.Telemetry;

/// <summary>
/// Logs notices for people, each notice once: workspaces are loaded again whenever a file changes, and several share the files
/// above them, so the same notice comes again and again.
/// </summary>
internal sealed class NoticeBoard(ILogger logger)
{
    // Bounded, because notices name files of workspaces, and any number of workspaces can be named in requests.
    private const int MaxRemembered = 10_000;

    private readonly Lock _lock = new();
    private readonly HashSet<string> _said = new(StringComparer.Ordinal);

    /// <summary>Logs a notice, unless it has been logged.</summary>
    public void Say(string notice)
    {
        lock (_lock)
        {
            if (_said.Count >= MaxRemembered)
                _said.Clear();
            if (!_said.Add(notice))
                return;
        }

        Log.Notice(logger, notice);
    }
}
