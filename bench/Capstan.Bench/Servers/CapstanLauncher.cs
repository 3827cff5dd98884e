namespace Capstan.Bench.Servers;

/// <summary>Capstan as published, through its apphost, with the store that it has unless told otherwise: SQLite.</summary>
internal class CapstanLauncher(string directory) : ServerLauncher
{
    /// <inheritdoc/>
    public override string Name => "Capstan";

    /// <inheritdoc/>
    protected override string Executable => Path.Combine(directory, "capstan");
}
