using System.Text;

namespace Capstan.Engine.Tools.Bash;

/// <summary>
/// The output of a command. Only its end is held in memory; once the output is longer than the result's limits, all of it goes to
/// a file. Safe for one writer and one reader at a time.
/// </summary>
/// <param name="context">The context of the tool call.</param>
/// <param name="maxFileCharacters">
/// How many characters go to the file at the most: a command that prints
/// for ever must not fill the disk before its timeout ends it.
/// </param>
internal sealed class BashOutput(ToolContext context, long maxFileCharacters = 256L * 1024 * 1024) : IAsyncDisposable
{
    /// <summary>How many characters of the end clients are shown.</summary>
    public const int PreviewLength = 30_000;

    private readonly Lock _gate = new();
    private readonly int _keep = Math.Max(PreviewLength, context.Limits.MaxBytes) + 1;
    private char[] _buffer = new char[4096];
    private int _end;
    private long _characters;
    private long _bytes;
    private long _newlines;
    private long _reported;
    private StreamWriter? _file;
    private string? _loss;

    /// <summary>The path of the file with the whole output, once the output is longer than the limits; null before.</summary>
    public string? OutputPath { get; private set; }

    public bool IsEmpty => _characters == 0;

    public async ValueTask AppendAsync(ReadOnlyMemory<char> chunk)
    {
        bool opens;
        lock (_gate)
        {
            _bytes += Encoding.UTF8.GetByteCount(chunk.Span);
            _newlines += chunk.Span.Count('\n');
            // The text after the last newline counts as a line, even if it is empty.
            opens = OutputPath is null && (_bytes > context.Limits.MaxBytes || _newlines + 1 > context.Limits.MaxLines);
        }

        try
        {
            await SaveAsync(chunk, opens);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // After a failure, a full disk perhaps, the output must still be read, or the command would block on a full pipe.
            _loss ??= exception.Message;
        }

        lock (_gate)
        {
            Keep(chunk.Span);
            _characters += chunk.Length;
        }
    }

    /// <summary>
    /// Returns the end of the output for clients, and the output since the
    /// last report; null for the latter where it is longer than the end.
    /// </summary>
    public (string Shown, string? Added) Report()
    {
        lock (_gate)
        {
            var added = _characters - _reported;
            _reported = _characters;
            return (Preview(), added > PreviewLength ? null : _buffer.AsSpan(_end - (int)added, (int)added).ToString());
        }
    }

    /// <summary>Returns the end of the output, for clients.</summary>
    public string Preview()
    {
        lock (_gate)
        {
            return _characters <= PreviewLength
                ? new string(_buffer, 0, _end)
                : "...\n\n" + Whole(_buffer.AsSpan(0, _end)[^PreviewLength..]).ToString();
        }
    }

    /// <summary>Returns the end of the output within the result's limits, and says where the whole output is.</summary>
    public string Result()
    {
        lock (_gate)
        {
            var kept = _buffer.AsSpan(0, _end);
            return OutputPath is null
                ? kept.ToString()
                : $"...output truncated...\n\n{Saved()}: {OutputPath}\n\n{Tail(kept)}";
        }
    }

    /// <summary>Notes that the output is no longer read, although more may be printed.</summary>
    public void Interrupt() => _loss ??= "something of the command still held its output open and was not waited for";

    /// <summary>Closes the file. Only then is it certain whether all of the output was saved.</summary>
    public async ValueTask DisposeAsync()
    {
        var file = _file;
        _file = null;
        try
        {
            if (file is not null)
                await file.DisposeAsync();
        }
        catch (IOException exception)
        {
            _loss ??= exception.Message;
        }
    }

    private async ValueTask SaveAsync(ReadOnlyMemory<char> chunk, bool opens)
    {
        if (opens)
        {
            // Nothing was dropped from the buffer so far: it holds at least as many
            // characters as the limit has bytes, and each is at least a byte.
            OutputPath = context.NewOutputFile();
            _file = new StreamWriter(OutputPath, append: false, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false), 1 << 16);
            await _file.WriteAsync(_buffer.AsMemory(0, _end));
        }

        if (_file is null || _loss is not null)
            return;
        await _file.WriteAsync(chunk[..(int)Math.Min(chunk.Length, maxFileCharacters - _characters)]);
        if (_characters + chunk.Length <= maxFileCharacters)
            return;
        _loss = $"no more than {maxFileCharacters} characters are kept";
        await _file.WriteAsync("\n[The output went on; no more of it is kept.]\n");
    }

    private string Saved() => _loss is null ? "Full output saved to" : $"Not all of the output was saved ({_loss}); what was is in";

    private ReadOnlySpan<char> Tail(ReadOnlySpan<char> kept)
    {
        var (start, bytes, end) = (kept.Length, 0, kept.Length);
        for (var lines = 0; lines < context.Limits.MaxLines && end >= 0; lines++)
        {
            var line = kept[..end].LastIndexOf('\n') + 1;
            bytes += Encoding.UTF8.GetByteCount(kept[line..end]) + (lines > 0 ? 1 : 0);
            if (bytes > context.Limits.MaxBytes)
                break;
            start = line;
            end = line - 1;
        }

        // Not even the last line fits, so its end is returned. A character is at most three bytes.
        return start == kept.Length && kept.Length > 0 && kept[^1] != '\n'
            ? Whole(kept[Math.Max(0, kept.Length - (context.Limits.MaxBytes / 3))..])
            : kept[start..];
    }

    // A cut between two surrogates would leave half a character, which is left out.
    private static ReadOnlySpan<char> Whole(ReadOnlySpan<char> text) =>
        !text.IsEmpty && char.IsLowSurrogate(text[0]) ? text[1..] : text;

    // The buffer is twice as long as the end that must be kept, so that a character is moved about once.
    private void Keep(ReadOnlySpan<char> chunk)
    {
        if (_end + chunk.Length > _buffer.Length)
        {
            var kept = _end < _keep ? _end : Math.Min(_end, Math.Max(_keep - chunk.Length, 0));
            var target = kept + chunk.Length > _buffer.Length
                ? new char[Math.Max(Math.Min(_buffer.Length * 2, 2 * _keep), kept + chunk.Length)]
                : _buffer;
            _buffer.AsSpan(_end - kept, kept).CopyTo(target);
            (_buffer, _end) = (target, kept);
        }

        chunk.CopyTo(_buffer.AsSpan(_end));
        _end += chunk.Length;
    }
}
