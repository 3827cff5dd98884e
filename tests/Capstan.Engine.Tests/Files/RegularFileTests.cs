using System.Net.Sockets;
using Capstan.Engine.Files;
using Capstan.Testing.Workspaces;
using Xunit;

namespace Capstan.Engine.Tests.Files;

/// <summary>R9, R11: what others can name is a regular file with an end, or it is not opened.</summary>
public sealed class RegularFileTests : IDisposable
{
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(30);

    private readonly string _top = Directory.CreateTempSubdirectory("capstan-files-").FullName;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public static TheoryData<string, string> Special => new()
    {
        { "pipe", "it is a named pipe, not a regular file" },
        { "link to a pipe", "it is a named pipe, not a regular file" },
        { "endless", "it is a device, not a regular file" },
        { "socket", "it is a socket, not a regular file" },
        { "directory", "it is a directory, not a regular file" },
        { "large", "it is larger than 64 KiB" },
        { "hole", "it is larger than 64 KiB" },
    };

    [Theory]
    [MemberData(nameof(Special))]
    public async Task R9_what_has_no_end_is_refused_at_once_with_what_it_is(string kind, string reason)
    {
        var path = Make(kind);

        var error = await Assert.ThrowsAsync<IOException>(() => ReadAsync(path));

        Assert.Equal(reason, error.Message);
    }

    [Fact]
    public async Task R9_a_file_that_says_it_has_no_size_is_read_to_its_end_and_no_further_than_the_limit()
    {
        // Files of /proc have no size.
        Assert.Equal(Environment.ProcessId.ToString(System.Globalization.CultureInfo.InvariantCulture), (await ReadAsync("/proc/self/stat")).Split(' ')[0]);
        var error = await Assert.ThrowsAsync<IOException>(
            () => Task.Run(() => RegularFile.ReadText("/proc/self/maps", 1024), Cancel).WaitAsync(Bound, Cancel));
        Assert.Equal("it is larger than 1 KiB", error.Message);
    }

    [Fact]
    public async Task A_file_is_read_whole_up_to_the_very_limit()
    {
        foreach (var length in new[] { 0, 1, 4095, 4096, 4097, 65_535, 65_536 })
        {
            var path = Path.Combine(_top, "file");
            await File.WriteAllBytesAsync(path, Enumerable.Range(0, length).Select(n => (byte)(n % 251)).ToArray(), Cancel);
            Assert.Equal(await File.ReadAllBytesAsync(path, Cancel), RegularFile.ReadBytes(path, 65_536));
        }

        await File.WriteAllBytesAsync(Path.Combine(_top, "file"), new byte[65_537], Cancel);
        Assert.Throws<IOException>(() => RegularFile.ReadBytes(Path.Combine(_top, "file"), 65_536));
    }

    [Fact]
    public async Task Text_is_decoded_by_its_byte_order_mark()
    {
        var path = Path.Combine(_top, "file");
        await File.WriteAllTextAsync(path, "grün", System.Text.Encoding.Unicode, Cancel);
        Assert.Equal("grün", RegularFile.ReadText(path, 65_536));
        await File.WriteAllTextAsync(path, "grün", new System.Text.UTF8Encoding(true), Cancel);
        Assert.Equal("grün", RegularFile.ReadText(path, 65_536));
    }

    [Fact]
    public void R11_a_link_is_followed_only_where_that_is_meant()
    {
        var file = Path.Combine(_top, "real", "file");
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllText(file, "x");
        File.CreateSymbolicLink(Path.Combine(_top, "link"), file);
        Directory.CreateSymbolicLink(Path.Combine(_top, "dir"), Path.Combine(_top, "real"));

        RegularFile.Open(Path.Combine(_top, "link")).Dispose();
        RegularFile.OpenUnlinked(Path.Combine(_top, "dir", "file")).Dispose();
        RegularFile.OpenResolved(file).Dispose();
        Assert.Throws<IOException>(() => RegularFile.OpenUnlinked(Path.Combine(_top, "link")));
        Assert.Throws<IOException>(() => RegularFile.OpenResolved(Path.Combine(_top, "link")));
        Assert.Throws<IOException>(() => RegularFile.OpenResolved(Path.Combine(_top, "dir", "file")));
    }

    [Fact]
    public void What_is_not_there_is_told_from_what_cannot_be_read()
    {
        File.WriteAllText(Path.Combine(_top, "file"), "x");
        foreach (var name in new[] { "none", "none/none", "file/none" })
        {
            Assert.Throws<FileNotFoundException>(() => RegularFile.Open(Path.Combine(_top, name)));
            Assert.Throws<FileNotFoundException>(() => RegularFile.OpenResolved(Path.Combine(_top, name)));
            Assert.False(RegularFile.Exists(Path.Combine(_top, name)));
        }

        // The system would take the name up to the NUL, which is another file's.
        Assert.IsType<IOException>(Record.Exception(() => RegularFile.Open(Path.Combine(_top, "file\0.txt"))));
        Assert.Throws<PathTooLongException>(() => RegularFile.Open(Path.Combine(_top, new string('x', 300))));
    }

    public void Dispose() => Directory.Delete(_top, recursive: true);

    private static Task<string> ReadAsync(string path) => Task.Run(() => RegularFile.ReadText(path, 64 * 1024), Cancel).WaitAsync(Bound, Cancel);

    private string Make(string kind)
    {
        var path = Path.Combine(_top, "file");
        switch (kind)
        {
            case "link to a pipe":
                SpecialFile.MakePipe(Path.Combine(_top, "pipe"));
                File.CreateSymbolicLink(path, "pipe");
                break;
            case "socket":
                using (var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified))
                {
                    // Its file stays when it is closed by the system and not by .NET; .NET removes it, so it is linked a second time.
                    socket.Bind(new UnixDomainSocketEndPoint(path + ".tmp"));
                    File.Move(path + ".tmp", path);
                }

                break;
            case "directory":
                Directory.CreateDirectory(path);
                break;
            case "large":
                File.WriteAllBytes(path, new byte[(64 * 1024) + 1]);
                break;
            case "hole":
                using (var hole = File.OpenHandle(path, FileMode.Create, FileAccess.Write))
                    RandomAccess.SetLength(hole, 1L << 40);
                break;
            default:
                SpecialFile.Put(path, kind);
                break;
        }

        return path;
    }
}
