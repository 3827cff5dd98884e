using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Capstan.Engine.Files;

namespace Capstan.Engine.Workspaces.Snapshots;

/// <summary>Hashes what the system says of files, and keeps the time of the newest change.</summary>
internal sealed class StampHash : IDisposable
{
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);

    /// <summary>The newest change of any file that was added.</summary>
    public DateTimeOffset Newest { get; private set; } = DateTimeOffset.MinValue;

    /// <summary>
    /// Adds a file. Of a directory only its existence and permissions count,
    /// because its times also change with files that are left out.
    /// </summary>
    public void Add(string path, FileStatus? status)
    {
        _hash.AppendData(MemoryMarshal.AsBytes(path.AsSpan()));
        ReadOnlySpan<long> facts = status switch
        {
            null => [0],
            { IsDirectory: true } directory => [1, directory.Permissions],
            { } file =>
            [
                file.IsRegular ? 2 : file.IsLink ? 3 : 4, file.Permissions, (long)file.Identity.Number, file.Size,
                file.Modified.UtcTicks, file.Changed.UtcTicks,
            ],
        };
        _hash.AppendData(MemoryMarshal.AsBytes(facts));
        if (status is { IsDirectory: false, Changed: var changed } && changed > Newest)
            Newest = changed;
    }

    /// <summary>Returns the hash of all that was added.</summary>
    public string Finish() => Convert.ToHexString(_hash.GetHashAndReset());

    /// <inheritdoc/>
    public void Dispose() => _hash.Dispose();
}
