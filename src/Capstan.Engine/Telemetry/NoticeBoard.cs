using Microsoft.Extensions.Logging;

namespace Capstan.Engine.Telemetry;

/// <summary>
/// Says what people should know, once: workspaces are loaded again whenever a file changes, and share the files above them.
/// </summary>
internal sealed class NoticeBoard(ILogger logger)
{
    // Notices name files of workspaces, which come from requests.
    private const int MaxRemembered = 10_000;

    private readonly Lock _lock = new();
    private readonly HashSet<string> _said = new(StringComparer.Ordinal);

    /// <summary>Says a notice, unless it has been said.</summary>
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
