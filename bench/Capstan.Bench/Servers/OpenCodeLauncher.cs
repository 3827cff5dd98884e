using System.Diagnostics;

namespace Capstan.Bench.Servers;

/// <summary>OpenCode's own binary out of its npm package; the node wrapper is left out so that it is not measured.</summary>
internal sealed class OpenCodeLauncher(string directory) : ServerLauncher
{
    /// <inheritdoc/>
    public override string Name => "OpenCode";

    /// <inheritdoc/>
    protected override string Executable => Path.Combine(directory, "node_modules", "opencode-linux-x64", "bin", "opencode");

    /// <inheritdoc/>
    protected override Task ConfigureAsync(ProcessStartInfo start, ServerHome home, CancellationToken cancellation)
    {
        start.Environment["OPENCODE_DISABLE_AUTOUPDATE"] = "1";
        start.Environment["OPENCODE_DISABLE_MODELS_FETCH"] = "1";
        start.Environment["OPENCODE_DISABLE_LSP_DOWNLOAD"] = "1";
        start.Environment["OPENCODE_DISABLE_DEFAULT_PLUGINS"] = "1";
        start.Environment["OPENCODE_DISABLE_SHARE"] = "1";
        // Should it want a package in the background, it finds nowhere to get it from: the run stays on this machine.
        start.Environment["npm_config_registry"] = "http://127.0.0.1:9";
        return Task.CompletedTask;
    }
}
