namespace Capstan.Bench.Servers;

/// <summary>Capstan as published, through its apphost.</summary>
internal sealed class CapstanLauncher(string directory) : ServerLauncher
{
    /// <inheritdoc/>
    public override string Name => "Capstan";

    /// <inheritdoc/>
    protected override string Executable => Path.Combine(directory, "capstan");
}
