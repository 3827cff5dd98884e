using System.Buffers.Binary;
using Capstan.Engine.Files;

namespace Capstan.Engine.Workspaces.Snapshots;

/// <summary>
/// Starts from a copy of the user's index, so that the first look at a large repository need not read every file of it: the index
/// knows sizes and times.
/// </summary>
internal static class IndexSeed
{
    // Some million files.
    private const int MaxBytes = 256 << 20;

    private static ReadOnlySpan<byte> Signature => "DIRC"u8;

    /// <summary>Copies the index, unless files in it may be stored otherwise than they are on the disk.</summary>
    /// <returns>Whether there is a copy now.</returns>
    public static bool TryCopy(GitRepository source, IReadOnlyDictionary<string, string> settings, string target)
    {
        // In a further checkout the index is elsewhere, and the common one is of other files.
        var index = Path.Combine(source.CommonDirectory, "index");
        if (source.CommonDirectory != Path.Combine(source.Worktree, ".git")
            || !File.Exists(index)
            || IsConverted(source, settings))
            return false;
        try
        {
            // The time first: git trusts an entry only if it is older than the index, and a time too early is only too careful.
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

    // Version 4 shortens paths, so that it cannot be searched for a name.
    private static bool IsUsable(ReadOnlySpan<byte> index) =>
        index.StartsWith(Signature)
        && index.Length > 12
        && BinaryPrimitives.ReadInt32BigEndian(index[4..]) is 2 or 3
        && index.IndexOf(".gitattributes"u8) < 0;
}
