using System.Text;

namespace Capstan.Engine.Tools.Bash;

/// <summary>
/// What a command has printed. Only the end is held in memory; once the result's limits are passed, everything goes to a file.
/// Safe for one writer and one reader at a time.
/// </summary>
/// <param name="context">The call.</param>
/// <param name="maxFileCharacters">How much goes to a file: a command that prints for ever must not fill the disk before its timeout ends it.</param>
internal sealed class BashOutput(ToolContext context, long maxFileCharacters = 256L * 1024 * 1024) : IAsyncDisposable
{
    /// <summary>How much of the end clients are shown.</summary>
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

    /// <summary>Where the whole output is, once it is longer than the limits.</summary>
    public string? OutputPath { get; private set; }

    public bool IsEmpty => _characters == 0;

    public async ValueTask AppendAsync(ReadOnlyMemory<char> chunk)
    {
        bool opens;
        lock (_gate)
        {
            _bytes += Encoding.UTF8.GetByteCount(chunk.Span);
            _newlines += chunk.Span.Count('\n');
            // The text after the last newline counts as a line, empty or not.
            opens = OutputPath is null && (_bytes > context.Limits.MaxBytes || _newlines + 1 > context.Limits.MaxLines);
        }

        try
        {
            await SaveAsync(chunk, opens);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // A full disk is no reason to stop listening: the command would wait for ever for somebody to take what it prints.
            _loss ??= exception.Message;
        }

        lock (_gate)
        {
            Keep(chunk.Span);
            _characters += chunk.Length;
        }
    }

    /// <summary>The end of the output, for clients, and what of it is new since the last report; null where that is more than the end.</summary>
    public (string Shown, string? Added) Report()
    {
        lock (_gate)
        {
            var added = _characters - _reported;
            _reported = _characters;
            return (Preview(), added > PreviewLength ? null : _buffer.AsSpan(_end - (int)added, (int)added).ToString());
        }
    }

    /// <summary>The end of the output, for clients.</summary>
    public string Preview()
    {
        lock (_gate)
        {
            return _characters <= PreviewLength
                ? new string(_buffer, 0, _end)
                : "...\n\n" + Whole(_buffer.AsSpan(0, _end)[^PreviewLength..]).ToString();
        }
    }

    /// <summary>The end of the output within the result's limits, and where the rest is.</summary>
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

    /// <summary>Nobody listens any longer, although more may be printed.</summary>
    public void Interrupt() => _loss ??= "something of the command still held its output open and was not waited for";

    /// <summary>Ends the file. Only now is it known whether all of it was saved.</summary>
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
            // Until here nothing was dropped: a character is at least a byte.
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

        // Not even one line fits: its end is better than nothing. A character is at most three bytes.
        return start == kept.Length && kept.Length > 0 && kept[^1] != '\n'
            ? Whole(kept[Math.Max(0, kept.Length - (context.Limits.MaxBytes / 3))..])
            : kept[start..];
    }

    // A cut between the two halves of a character would leave half of it.
    private static ReadOnlySpan<char> Whole(ReadOnlySpan<char> text) =>
        !text.IsEmpty && char.IsLowSurrogate(text[0]) ? text[1..] : text;

    // The buffer is moved to its front only when it is twice as long as what must be kept, so a character is moved once or so.
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
