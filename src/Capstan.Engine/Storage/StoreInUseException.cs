namespace Capstan.Engine.Storage;

/// <summary>The data directory belongs to another server, which is running.</summary>
public sealed class StoreInUseException : Exception
{
    /// <summary>Creates the exception.</summary>
    /// <param name="path">The path of the database.</param>
    /// <param name="owner">Where the server that owns the database listens; null where that server has not said so yet.</param>
    public StoreInUseException(string path, Uri? owner)
        : this(path, owner, "give this one its own XDG_DATA_HOME")
    {
    }

    /// <summary>Creates the exception.</summary>
    /// <param name="path">The database, in words.</param>
    /// <param name="owner">Where the server that owns the database listens; null where that server has not said so yet.</param>
    /// <param name="remedy">What else than using or stopping that server the operator can do.</param>
    internal StoreInUseException(string path, Uri? owner, string remedy)
        : base($"{path} is in use by another Capstan server, {Place(owner)}. One server serves every directory: use that one "
            + $"(clients name their directory in ?directory= or x-opencode-directory), or stop it, or {remedy}.") =>
        Owner = owner;

    /// <summary>Where the server that owns the database listens; null where that server has not said so yet.</summary>
    public Uri? Owner { get; }

    private static string Place(Uri? owner) =>
        owner is null ? "which has not begun to listen yet" : $"which listens on {owner.GetLeftPart(UriPartial.Authority)}";
}
