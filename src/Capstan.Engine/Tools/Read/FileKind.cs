using Microsoft.Win32.SafeHandles;

namespace Capstan.Engine.Tools.Read;

/// <summary>Finds out what kind of file a file is, by its name and first bytes.</summary>
internal static class FileKind
{
    private const int Sample = 4096;

    private static readonly HashSet<string> BinaryExtensions = new(StringComparer.OrdinalIgnoreCase)
    {
        ".7z", ".a", ".bin", ".bz2", ".class", ".dat", ".dll", ".doc", ".docx", ".dylib", ".exe", ".gz", ".jar", ".lib", ".o", ".obj",
        ".odp", ".ods", ".odt", ".ppt", ".pptx", ".pyc", ".pyo", ".rar", ".so", ".tar", ".war", ".wasm", ".xls", ".xlsx", ".xz", ".zip",
        ".zst",
    };

    /// <summary>Returns the media type of a file that tools return as an attachment; null for other files.</summary>
    /// <param name="first">The file's first bytes, which decide; the name does not.</param>
    public static string? AttachmentType(ReadOnlySpan<byte> first) =>
        first.StartsWith((ReadOnlySpan<byte>)[0x89, (byte)'P', (byte)'N', (byte)'G']) ? "image/png"
        : first.StartsWith((ReadOnlySpan<byte>)[0xFF, 0xD8, 0xFF]) ? "image/jpeg"
        : first.StartsWith("GIF8"u8) ? "image/gif"
        : first.Length >= 12 && first.StartsWith("RIFF"u8) && first[8..].StartsWith("WEBP"u8) ? "image/webp"
        : first.StartsWith("%PDF-"u8) ? "application/pdf"
        : null;

    public static bool IsBinary(string path, ReadOnlySpan<byte> first)
    {
        if (BinaryExtensions.Contains(Path.GetExtension(path)) || first.Contains((byte)0))
            return true;
        var control = 0;
        foreach (var value in first)
            control += value is < 9 or (> 13 and < 32) ? 1 : 0;
        return control > first.Length * 0.3;
    }

    public static byte[] FirstBytes(SafeFileHandle file)
    {
        var buffer = new byte[Sample];
        return buffer[..RandomAccess.Read(file, buffer, 0)];
    }
}
