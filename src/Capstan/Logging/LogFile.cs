using System.Text;

namespace Capstan.Logging;

/// <summary>
/// The file <c>capstan.log</c> in a directory. When it is full, it is renamed to
/// <c>capstan.1.log</c>, older files get the next number, and the oldest is deleted.
/// </summary>
internal sealed class LogFile(string directory, long limit = LogFile.DefaultLimit) : IDisposable
{
    /// <summary>How many bytes a file may have before a new one is begun.</summary>
    public const long DefaultLimit = 10 << 20;

    private const int OldFiles = 4;

    private FileStream? _file;

    /// <summary>The path of the current file.</summary>
    public string Path { get; } = System.IO.Path.Combine(directory, "capstan.log");

    /// <summary>Appends text. When this returns, the operating system has the text.</summary>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public void Write(string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        if (_file?.Length + bytes.Length > limit)
            Rotate();
        _file ??= Open();
        _file.Write(bytes);
        _file.Flush();
    }

    public void Dispose() => _file?.Dispose();

    private FileStream Open()
    {
        Directory.CreateDirectory(directory);
        var options = new FileStreamOptions
        {
            Mode = FileMode.Append,
            Access = FileAccess.Write,
            // People follow the file while it is being written.
            Share = FileShare.ReadWrite | FileShare.Delete,
            BufferSize = 0,
        };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        return new FileStream(Path, options);
    }

    private void Rotate()
    {
        _file!.Dispose();
        _file = null;
        for (var i = OldFiles - 1; i >= 0; i--)
        {
            if (File.Exists(Old(i)))
                File.Move(Old(i), Old(i + 1), overwrite: true);
        }
    }

    private string Old(int number) => number == 0 ? Path : System.IO.Path.Combine(directory, $"capstan.{number}.log");
}
