namespace Capstan.Engine.Storage.Sqlite;

/// <summary>
/// The ownership of a database: a lock, and beside it a file that says where the owner listens.
/// The kernel drops the lock with the process, however the process ends. The file is true only
/// while somebody holds the lock; a new owner begins by deleting the old file.
/// </summary>
internal sealed class OwnerLock : IDisposable
{
    // HRESULTs of the exception where another process holds the lock: EWOULDBLOCK
    // on Linux (11) and macOS (35), a sharing violation on Windows.
    private static readonly int[] Held = [11, 35, unchecked((int)0x80070020)];

    private readonly FileStream _lock;
    private readonly string _address;

    private OwnerLock(FileStream @lock, string address) => (_lock, _address) = (@lock, address);

    /// <summary>Takes the ownership of a database.</summary>
    /// <param name="database">The database's path.</param>
    /// <exception cref="StoreInUseException">Another process owns the database.</exception>
    public static OwnerLock Take(string database)
    {
        var address = database + ".owner";
        try
        {
            var owner = new OwnerLock(new FileStream(database + ".lock", FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None), address);
            File.Delete(address);
            return owner;
        }
        catch (IOException exception) when (Held.Contains(exception.HResult))
        {
            throw new StoreInUseException(database, ReadAddress(address));
        }
    }

    /// <summary>Says where the owner listens.</summary>
    public void Write(Uri address)
    {
        // The file must appear whole or not at all: half an address would be a different address.
        var draft = _address + ".new";
        File.WriteAllText(draft, address.AbsoluteUri);
        File.Move(draft, _address, overwrite: true);
    }

    public void Dispose()
    {
        File.Delete(_address);
        _lock.Dispose();
    }

    private static Uri? ReadAddress(string path)
    {
        try
        {
            return Uri.TryCreate(File.ReadAllText(path), UriKind.Absolute, out var address) ? address : null;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
