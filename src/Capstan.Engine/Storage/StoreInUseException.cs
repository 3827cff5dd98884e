namespace Capstan.Engine.Storage;

/// <summary>The data directory belongs to a server that is running.</summary>
public sealed class StoreInUseException(string path)
    : Exception($"{path} is in use by another Capstan server. Stop that server, or give this one its own XDG_DATA_HOME.");
