using System.Threading.Channels;

namespace Capstan.Logging;

/// <summary>Writes the log in the background, so that no turn is held up by a terminal or a disk.</summary>
/// <remarks>
/// <code>
///   loggers ──► bounded queue ──► one writer ──► file, and standard error for warnings and worse
///                    │ full                └──► with --print-logs: standard error alone
///                    └──► dropped, and counted in the next line that gets into the queue
/// </code>
/// Invariant: logging never blocks and never throws. Otherwise a program that starts the server and does not read its standard
/// error would stop the server as soon as that pipe is full.
/// </remarks>
internal sealed class LogWriter : IAsyncDisposable
{
    private const int QueueLength = 4096;
    private static readonly TimeSpan LastLines = TimeSpan.FromSeconds(2);

    // The elements must be of a reference type: for others the queue's code is
    // not compiled ahead of time, which would cost time at each start.
    private readonly Channel<LogLine> _queue = Channel.CreateBounded<LogLine>(
        new BoundedChannelOptions(QueueLength) { SingleReader = true, FullMode = BoundedChannelFullMode.Wait });

    private readonly LogFile? _file;
    private readonly Func<TextWriter> _screen;
    private readonly TimeProvider _time;
    private readonly Task _written;
    private long _dropped;
    private bool _hasFailed;

    /// <summary>Creates a writer.</summary>
    /// <param name="file">The file for the whole log; null prints the whole log instead.</param>
    /// <param name="screen">Opens standard error, which most runs never need.</param>
    /// <param name="time">The clock that limits how long the last lines may take.</param>
    public LogWriter(LogFile? file, Func<TextWriter> screen, TimeProvider time)
    {
        (_file, _screen, _time) = (file, screen, time);
        _written = Task.Run(WriteAsync);
    }

    /// <summary>Adds an entry to the queue.</summary>
    /// <param name="text">The lines of the entry, with their line ends.</param>
    /// <param name="isPrinted">Whether the entry is printed on standard error even if the log is kept in a file.</param>
    public void Add(string text, bool isPrinted)
    {
        if (!_queue.Writer.TryWrite(new LogLine(text, isPrinted)))
            Interlocked.Increment(ref _dropped);
    }

    /// <summary>
    /// Writes the queued entries and ends. A terminal or disk that does not accept them delays this for a moment only.
    /// </summary>
    public async ValueTask DisposeAsync()
    {
        _queue.Writer.TryComplete();
        try
        {
            await _written.WaitAsync(LastLines, _time);
        }
        catch (TimeoutException)
        {
            return;
        }

        _file?.Dispose();
    }

    private async Task WriteAsync()
    {
        while (await _queue.Reader.WaitToReadAsync())
        {
            while (_queue.Reader.TryRead(out var line))
                Write(line);
        }
    }

    private void Write(LogLine line)
    {
        var lost = Interlocked.Exchange(ref _dropped, 0);
        var text = lost == 0 ? line.Text : $"{line.Text}({lost} entries of the log were dropped: they came faster than they could be written.)\n";
        if (_file is not null)
            Keep(_file, text);
        if (_file is null || line.IsPrinted)
            Show(text);
    }

    private void Keep(LogFile file, string text)
    {
        try
        {
            file.Write(text);
            _hasFailed = false;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // The failure is reported once, because a full disk fails with every line.
            if (!_hasFailed)
            {
                Show(
                    $"capstan: The log {file.Path} cannot be written: {exception.Message} Until it can, only warnings and errors are seen, "
                    + "here. Make the place writable, or start with --print-logs.\n");
            }


            _hasFailed = true;
        }
    }

    private void Show(string text)
    {
        try
        {
            _screen().Write(text);
        }
        catch (IOException)
        {
            // Standard error has no reader any more.
        }
    }
}
