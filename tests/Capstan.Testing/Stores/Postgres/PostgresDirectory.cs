namespace Capstan.Testing.Stores.Postgres;

/// <summary>
/// The temporary directory of one server. What test programs that were killed have left, tens of megabytes each, is deleted by the next
/// one: the file that every directory has is locked by the program that uses it, and by nobody after that has ended.
/// </summary>
internal sealed class PostgresDirectory : IDisposable
{
    private const string Prefix = "capstan-postgres-";
    private const string Lock = "in-use";

    private readonly FileStream _lock;

    private PostgresDirectory(string path)
    {
        Path = path;
        // Locked before it has its name: a server that starts at this moment would take a file without a lock for one that is left over.
        var unnamed = System.IO.Path.Combine(path, $"{Lock}.new");
        _lock = TakeLock(unnamed, FileMode.CreateNew);
        File.Move(unnamed, System.IO.Path.Combine(path, Lock));
    }

    /// <summary>The directory.</summary>
    public string Path { get; }

    /// <summary>Creates a directory, and deletes those that nobody uses any more.</summary>
    public static PostgresDirectory Create()
    {
        foreach (var path in Directory.EnumerateDirectories(System.IO.Path.GetTempPath(), $"{Prefix}*"))
            DeleteIfUnused(path);
        return new(Directory.CreateTempSubdirectory(Prefix).FullName);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        // Only then is the lock given up: somebody else who is starting would delete the directory too.
        Directory.Delete(Path, recursive: true);
        _lock.Dispose();
    }

    private static void DeleteIfUnused(string path)
    {
        try
        {
            // A directory without the file is being created, or being deleted.
            using (TakeLock(System.IO.Path.Combine(path, Lock), FileMode.Open))
                Directory.Delete(path, recursive: true);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            // It is in use, or another user's.
        }
    }

    private static FileStream TakeLock(string path, FileMode mode) =>
        new(path, mode, FileAccess.ReadWrite, FileShare.None);
}
