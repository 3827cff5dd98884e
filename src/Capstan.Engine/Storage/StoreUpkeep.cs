namespace Capstan.Engine.Storage;

/// <summary>The work that a store has to do besides reading and writing.</summary>
public enum StoreUpkeep
{
    /// <summary>There is nothing to do.</summary>
    None,

    /// <summary>Upkeep in short steps, each as long as an ordinary write: erasing events, giving free space back.</summary>
    Step,

    /// <summary>
    /// Upkeep that is done once and holds up all writes while it runs: rewriting the whole database into a new form.
    /// </summary>
    Rewrite,
}
