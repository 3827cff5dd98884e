using System.Runtime.InteropServices;

namespace Capstan.Engine.Files;

/// <summary>What the system says of a file: Linux's <c>struct statx</c>, whose layout is the same on all processors.</summary>
[StructLayout(LayoutKind.Explicit, Size = 256)]
internal readonly struct FileStatus
{
    private const int TypeMask = 0xF000;

    // About the year 3000, and as far before 1970. Times are clamped to this
    // range, because a file can carry times that DateTimeOffset cannot hold.
    private const long MaxSeconds = 32_503_680_000;

    [FieldOffset(28)]
    private readonly ushort _mode;

    [FieldOffset(32)]
    private readonly ulong _number;

    [FieldOffset(40)]
    private readonly long _size;

    [FieldOffset(96)]
    private readonly long _changedSeconds;

    [FieldOffset(104)]
    private readonly uint _changedNanoseconds;

    [FieldOffset(112)]
    private readonly long _modifiedSeconds;

    [FieldOffset(120)]
    private readonly uint _modifiedNanoseconds;

    [FieldOffset(136)]
    private readonly ulong _device;

    /// <summary>The file's identity, which is the same under all of its names.</summary>
    public (ulong Device, ulong Number) Identity => (_device, _number);

    /// <summary>The file's size in bytes; 0 for files without a size of their own, such as those of <c>/proc</c>.</summary>
    public long Size => _size;

    /// <summary>When the file's content, name or status changed last; programs cannot set this time.</summary>
    public DateTimeOffset Changed => Time(_changedSeconds, _changedNanoseconds);

    /// <summary>When the file's content was written last; programs can set this time.</summary>
    public DateTimeOffset Modified => Time(_modifiedSeconds, _modifiedNanoseconds);

    /// <summary>The file's permission bits.</summary>
    public int Permissions => _mode & 0xFFF;

    /// <summary>Whether the file is a regular one, and not a pipe, a device, a directory or a link.</summary>
    public bool IsRegular => (_mode & TypeMask) == 0x8000;

    /// <summary>Whether the file is a directory.</summary>
    public bool IsDirectory => (_mode & TypeMask) == 0x4000;

    /// <summary>Whether the file is a symbolic link.</summary>
    public bool IsLink => (_mode & TypeMask) == 0xA000;

    /// <summary>The kind of file, in words.</summary>
    public string Kind => (_mode & TypeMask) switch
    {
        0x8000 => "a regular file",
        0x4000 => "a directory",
        0xA000 => "a symbolic link",
        0x1000 => "a named pipe",
        0xC000 => "a socket",
        0x2000 or 0x6000 => "a device",
        _ => "a special file",
    };

    private static DateTimeOffset Time(long seconds, uint nanoseconds) =>
        DateTimeOffset.UnixEpoch.AddTicks((Math.Clamp(seconds, -MaxSeconds, MaxSeconds) * TimeSpan.TicksPerSecond) + (nanoseconds / TimeSpan.NanosecondsPerTick));
}
