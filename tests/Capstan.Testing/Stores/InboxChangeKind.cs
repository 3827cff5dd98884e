namespace Capstan.Testing.Stores;

/// <summary>What can happen to a prompt in the inbox.</summary>
public enum InboxChangeKind
{
    /// <summary>It was admitted.</summary>
    Added,

    /// <summary>A turn took it up.</summary>
    Taken,

    /// <summary>It was done with.</summary>
    Removed,

    /// <summary>It went with its session.</summary>
    Deleted,
}
