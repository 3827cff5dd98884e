using System.Buffers.Binary;
using Capstan.Engine.Files;

namespace Capstan.Engine.Workspaces.Snapshots;

/// <summary>
/// Starts the snapshots' index as a copy of the user's index, so that the first look at
/// a large repository need not read every file: the index knows sizes and times.
/// </summary>
internal static class IndexSeed
{
    // Enough for an index of some million files.
    private const int MaxBytes = 256 << 20;

    private static ReadOnlySpan<byte> Signature => "DIRC"u8;

    /// <summary>Copies the user's index, unless the objects in it may differ from the bytes of the files on the disk.</summary>
    /// <returns>Whether the copy was made.</returns>
    public static bool TryCopy(GitRepository source, IReadOnlyDictionary<string, string> settings, string target)
    {
        // A further checkout of a repository has its own index elsewhere; the one in the common directory lists other files.
        var index = Path.Combine(source.CommonDirectory, "index");
        if (source.CommonDirectory != Path.Combine(source.Worktree, ".git")
            || !File.Exists(index)
            || IsConverted(source, settings))
            return false;
        try
        {
            // Read the time before the bytes: git trusts an entry only if it is older than
            // the index, so a time that is too early only makes git more careful.
            var time = File.GetLastWriteTimeUtc(index);
            var bytes = RegularFile.ReadBytes(index, MaxBytes);
            if (!IsUsable(bytes))
                return false;
            File.WriteAllBytes(target, bytes);
            File.SetLastWriteTimeUtc(target, time);
            return true;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            File.Delete(target);
            return false;
        }
    }

    private static bool IsConverted(GitRepository source, IReadOnlyDictionary<string, string> settings) =>
        settings.GetValueOrDefault("core.autocrlf") is not (null or "false")
        || settings.ContainsKey("core.attributesfile")
        || File.Exists(Path.Combine(source.CommonDirectory, "info", "attributes"));

    // Version 4 of the index format shortens paths, so that its bytes cannot be searched for a name.
    private static bool IsUsable(ReadOnlySpan<byte> index) =>
        index.StartsWith(Signature)
        && index.Length > 12
        && BinaryPrimitives.ReadInt32BigEndian(index[4..]) is 2 or 3
        && index.IndexOf(".gitattributes"u8) < 0;
}
