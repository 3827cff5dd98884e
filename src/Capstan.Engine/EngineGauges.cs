using System.Diagnostics;

namespace Capstan.Engine;

/// <summary>Gauges, which are read when somebody looks: how much there is of what should not pile up.</summary>
internal static class EngineGauges
{
    /// <summary>Adds the gauges of an engine.</summary>
    public static void Add(CapstanEngine engine)
    {
        var telemetry = engine.Telemetry;
        telemetry.Observe("capstan.session.busy", "{session}", "Sessions that have work.", () => engine.Runners.Count);
        telemetry.Observe("capstan.permission.waiting", "{request}", "Calls that wait for the answer to a permission request.", () => engine.Permissions.Waiting);
        telemetry.Observe("capstan.event.readers", "{reader}", "Open event streams.", () => engine.Hub.SubscriptionCount);
        telemetry.Observe("capstan.journal.waiting", "{write}", "Writes that wait for the journal; 1,024 make whoever writes wait.", () => engine.Journal.Waiting);
        telemetry.Observe("capstan.workspace.loaded", "{workspace}", "Workspaces in memory.", () => engine.Workspaces.Directories.Count);
        telemetry.Observe("process.memory.usage", "By", "Memory of the process that is in use (resident set).", static () => Environment.WorkingSet);
        telemetry.Observe("process.uptime", "s", "Seconds since the process started.", static () =>
        {
            using var self = Process.GetCurrentProcess();
            return (long)TimeProvider.System.GetUtcNow().Subtract(self.StartTime.ToUniversalTime()).TotalSeconds;
        });
    }
}
