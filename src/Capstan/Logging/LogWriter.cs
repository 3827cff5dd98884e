using System.Threading.Channels;

namespace Capstan.Logging;

/// <summary>Writes the log beside everything else, so that no turn waits for a terminal or a disk.</summary>
/// <remarks>
/// <code>
///   loggers ──► bounded queue ──► one writer ──► file, and standard error for what is a warning or worse
///                    │ full                └──► with --print-logs: standard error alone
///                    └──► dropped, and counted in the next line that finds room
/// </code>
/// Invariant: logging never waits and never throws. A program that starts the server and does not read its standard error would
/// otherwise stop it with the first pipe that is full.
/// </remarks>
internal sealed class LogWriter : IAsyncDisposable
{
    private const int QueueLength = 4096;
    private static readonly TimeSpan LastLines = TimeSpan.FromSeconds(2);

    // Of a reference type: for others the queue's code is not compiled ahead of time, and would be at every start.
    private readonly Channel<LogLine> _queue = Channel.CreateBounded<LogLine>(
        new BoundedChannelOptions(QueueLength) { SingleReader = true, FullMode = BoundedChannelFullMode.Wait });

    private readonly LogFile? _file;
    private readonly Func<TextWriter> _screen;
    private readonly TimeProvider _time;
    private readonly Task _written;
    private long _dropped;
    private bool _hasFailed;

    /// <summary>Creates a writer.</summary>
    /// <param name="file">Where all of it goes; null prints all of it instead.</param>
    /// <param name="screen">Opens standard error, which most runs never need.</param>
    /// <param name="time">Bounds the wait for the last lines.</param>
    public LogWriter(LogFile? file, Func<TextWriter> screen, TimeProvider time)
    {
        (_file, _screen, _time) = (file, screen, time);
        _written = Task.Run(WriteAsync);
    }

    /// <summary>Hands an entry over.</summary>
    /// <param name="text">Its lines.</param>
    /// <param name="isPrinted">Whether it is shown on standard error although there is a file.</param>
    public void Add(string text, bool isPrinted)
    {
        if (!_queue.Writer.TryWrite(new LogLine(text, isPrinted)))
            Interlocked.Increment(ref _dropped);
    }

    /// <summary>Writes what waits, and ends; a terminal that takes nothing is not waited for.</summary>
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
            // Said once: a full disk would say it with every line.
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
            // Nobody reads it any more.
        }
    }
}
