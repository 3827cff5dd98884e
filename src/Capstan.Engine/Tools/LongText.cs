using System.Text;

namespace Capstan.Engine.Tools;

/// <summary>The beginning of a text that is too long to return; all of it is saved.</summary>
/// <param name="Text">What the model is shown.</param>
/// <param name="SavedTo">The file with all of the text; null where nothing was cut.</param>
internal sealed record LongText(string Text, string? SavedTo)
{
    // In bytes: less room than this cannot be filled with anything.
    private const int LongestCharacter = 4;

    /// <summary>Cuts a text to the limits of the call, at the end of a line where there is one.</summary>
    public static async Task<LongText> CutAsync(string text, ToolContext context, CancellationToken cancellationToken)
    {
        var length = Length(text, context.Limits.MaxLines, context.Limits.MaxBytes);
        if (length == text.Length)
            return new LongText(text, null);
        var file = context.NewOutputFile();
        await File.WriteAllTextAsync(file, text, cancellationToken);
        return new LongText(
            $"{text[..length].TrimEnd('\n')}\n\n...{text.Length - length} characters truncated...\n\n"
            + $"The whole text was saved to: {file}\nFind what you need with grep, or read it in parts with offset and limit.",
            file);
    }

    private static int Length(string text, int maxLines, int maxBytes)
    {
        // As long as the bytes suffice, and then back to the end of a line.
        Encoding.UTF8.GetEncoder().Convert(text, new byte[Math.Max(maxBytes, LongestCharacter)], flush: false, out var fits, out _, out var completed);
        var end = 0;
        for (var lines = 0; lines < maxLines; lines++)
        {
            var newline = text.IndexOf('\n', end);
            if (newline < 0)
                return completed || fits == text.Length ? text.Length : end > 0 ? end : fits;
            if (newline + 1 > fits)
                return end > 0 ? end : fits;
            end = newline + 1;
        }

        return end;
    }
}
