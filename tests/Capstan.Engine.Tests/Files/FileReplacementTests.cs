using Capstan.Engine.Files;
using Capstan.Testing.Workspaces;
using Xunit;

namespace Capstan.Engine.Tests.Files;

/// <summary>R11: what is written lands in the directory that was judged, or nowhere.</summary>
[System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
public sealed class FileReplacementTests : IDisposable
{
    private readonly string _top = Directory.CreateTempSubdirectory("capstan-files-").FullName;

    public FileReplacementTests()
    {
        Directory.CreateDirectory(Work);
        Directory.CreateDirectory(Outside);
    }

    private string Work => Path.Combine(_top, "work");

    private string Outside => Path.Combine(_top, "outside");

    [Fact]
    public void A_file_is_made_with_the_directories_above_it_and_keeps_its_permissions_when_it_is_replaced()
    {
        var path = Path.Combine(Work, "a", "b", "file");
        FileReplacement.Write(path, Work, "one"u8);
        Assert.Equal("one", File.ReadAllText(path));
        var mode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.OtherExecute;
        File.SetUnixFileMode(path, mode);

        FileReplacement.Write(path, Work, "two"u8);

        Assert.Equal("two", File.ReadAllText(path));
        Assert.Equal(mode, File.GetUnixFileMode(path));
        Assert.Equal([path], Directory.GetFiles(Path.GetDirectoryName(path)!));
    }

    [Theory]
    [InlineData("dir")]
    [InlineData("dir/inner")]
    public void R11_a_directory_that_has_become_a_link_is_not_followed(string swapped)
    {
        Directory.CreateDirectory(Path.Combine(Work, "dir", "inner"));
        Directory.CreateDirectory(Path.Combine(Outside, "inner"));
        Directory.Move(Path.Combine(Work, swapped), Path.Combine(_top, "aside"));
        Directory.CreateSymbolicLink(Path.Combine(Work, swapped), swapped == "dir" ? Outside : Path.Combine(Outside, "inner"));

        var error = Assert.Throws<IOException>(() => FileReplacement.Write(Path.Combine(Work, "dir", "inner", "file"), Work, "x"u8));

        Assert.Contains("symbolic link", error.Message, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFiles(_top, "*", SearchOption.AllDirectories));
    }

    [Fact]
    public async Task R11_a_directory_that_is_swapped_for_a_link_again_and_again_lets_nothing_out()
    {
        var dir = Directory.CreateDirectory(Path.Combine(Work, "dir")).FullName;
        var link = Directory.CreateSymbolicLink(Path.Combine(_top, "link"), Outside).FullName;
        var aside = Path.Combine(_top, "aside");
        using var done = new CancellationTokenSource();
        var swapping = Task.Run(
            () =>
            {
                while (!done.IsCancellationRequested)
                {
                    Directory.Move(dir, aside);
                    Directory.Move(link, dir);
                    Directory.Move(dir, link);
                    Directory.Move(aside, dir);
                }
            },
            TestContext.Current.CancellationToken);
        var (written, refused) = (0, 0);
        for (var i = 0; i < 3000; i++)
        {
            try
            {
                // In place of what a tool does: the path was judged while the directory was one.
                FileReplacement.Write(Path.Combine(dir, $"file{i}"), dir, "x"u8);
                written++;
            }
            catch (IOException)
            {
                refused++;
            }
        }

        await done.CancelAsync();
        await swapping;
        Assert.Empty(Directory.GetFileSystemEntries(Outside));
        Assert.Equal(3000, written + refused);
        Assert.Equal(written, Directory.GetFiles(dir).Length);
    }

    [Fact]
    public void R11_a_file_that_has_become_a_link_is_not_written_through()
    {
        var target = Path.Combine(Outside, "target");
        File.WriteAllText(target, "secret");
        File.CreateSymbolicLink(Path.Combine(Work, "file"), target);

        Assert.Throws<IOException>(() => FileReplacement.Write(Path.Combine(Work, "file"), Work, "x"u8));

        Assert.Equal("secret", File.ReadAllText(target));
    }

    [Fact]
    public void A_pipe_is_refused_and_stays()
    {
        var path = SpecialFile.Put(Path.Combine(Work, "pipe"), "pipe");
        var error = Assert.Throws<IOException>(() => FileReplacement.Write(path, Work, "x"u8));
        Assert.Equal("it is a named pipe, not a regular file", error.Message);
        Assert.Equal([path], Directory.GetFileSystemEntries(Work));
    }

    [Fact]
    public void What_has_to_be_there_is_not_made()
    {
        Directory.Delete(Work);
        Assert.Throws<FileNotFoundException>(() => FileReplacement.Write(Path.Combine(Work, "file"), Work, "x"u8));
        Assert.Throws<FileNotFoundException>(() => FileReplacement.Write(Path.Combine(Work, "a", "file"), Work, "x"u8));
        Assert.False(Directory.Exists(Work));
        FileReplacement.Write(Path.Combine(Work, "a", "file"), "/", "x"u8);
        Assert.True(File.Exists(Path.Combine(Work, "a", "file")));
    }

    public void Dispose() => Directory.Delete(_top, recursive: true);
}
