namespace Capstan.Engine.Tools.Edit;

/// <summary>The text to find and the text that replaces it, both with the line endings of the file.</summary>
internal sealed record EditText(string Old, string New, LineIndex Lines)
{
    public bool EndsWithNewline => Old.EndsWith('\n');

    public static EditText For(string content, string oldText, string newText)
    {
        var windows = content.Contains("\r\n", StringComparison.Ordinal);
        var old = WithEndings(oldText, windows);
        return new EditText(old, WithEndings(newText, windows), new LineIndex(old));
    }

    private static string WithEndings(string text, bool windows)
    {
        text = text.Replace("\r\n", "\n", StringComparison.Ordinal);
        return windows ? text.Replace("\n", "\r\n", StringComparison.Ordinal) : text;
    }
}
