namespace Capstan.Engine.Storage;

/// <summary>What a store has to do besides reading and writing.</summary>
public enum StoreUpkeep
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>Something that goes in short steps, each as long as an ordinary write: erasing, giving space back.</summary>
    Step,

    /// <summary>Something that is done once and keeps writes waiting: bringing all that there is into a new form.</summary>
    Rewrite,
}
