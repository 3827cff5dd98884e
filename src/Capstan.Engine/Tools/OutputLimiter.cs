using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;

namespace Capstan.Engine.Tools;

/// <summary>
/// Cuts the result of a tool that does not limit itself (MCP, plugins): the head is kept, the whole goes to a file, and the model
/// is told where. A result whose metadata already says <c>truncated</c> passes unchanged.
/// </summary>
public static class OutputLimiter
{
    /// <summary>Returns the result within <see cref="ToolContext.Limits"/>, with <c>metadata.truncated</c> set.</summary>
    /// <param name="result">What the tool returned; its metadata object is completed in place.</param>
    /// <param name="context">The call, for its limits and the file.</param>
    /// <param name="cancellationToken">Gives up writing the file.</param>
    public static async Task<ToolResult> LimitAsync(
        ToolResult result, ToolContext context, CancellationToken cancellationToken)
    {
        if (result.Metadata.ContainsKey("truncated"))
        {
            return result;
        }

        var output = result.Output;
        var (end, cutByBytes) = HeadEnd(output, context.Limits);
        if (end == output.Length)
        {
            result.Metadata["truncated"] = false;
            return result;
        }

        var file = context.NewOutputFile();
        await File.WriteAllTextAsync(file, output, cancellationToken);
        var dropped = cutByBytes
            ? (Encoding.UTF8.GetByteCount(output) - Encoding.UTF8.GetByteCount(output.AsSpan(0, end)))
                .ToString(CultureInfo.InvariantCulture) + " bytes"
            : (output.AsSpan(end + 1).Count('\n') + (output.EndsWith('\n') ? 0 : 1)).ToString(CultureInfo.InvariantCulture) + " lines";
        result.Metadata["truncated"] = true;
        result.Metadata["outputPath"] = file;
        return result with
        {
            Output = $"{output[..end]}\n\n...{dropped} truncated...\n\n"
                + $"The whole output is in {file}. Search it with grep or read parts of it with offset and limit.",
        };
    }

    /// <summary>Where the longest head of whole lines ends that keeps within both limits, and which limit ended it.</summary>
    private static (int End, bool ByBytes) HeadEnd(string output, ToolLimits limits)
    {
        var (position, lines, bytes) = (0, 0, 0L);
        while (position <= output.Length)
        {
            if (lines == limits.MaxLines)
                return (Math.Max(position - 1, 0), false);
            var newline = output.IndexOf('\n', position);
            var end = newline < 0 ? output.Length : newline;
            bytes += Encoding.UTF8.GetByteCount(output.AsSpan(position, end - position)) + (lines > 0 ? 1 : 0);
            if (bytes > limits.MaxBytes)
                return (position > 0 ? position - 1 : PartOfLine(output, limits), true);
            lines++;
            position = end + 1;
        }

        return (output.Length, false);
    }

    // Not even the first line fits: its beginning is better than nothing. A character is at most three bytes.
    private static int PartOfLine(string output, ToolLimits limits)
    {
        var end = Math.Min(limits.MaxBytes / 3, output.Length);
        return end > 0 && char.IsHighSurrogate(output[end - 1]) ? end - 1 : end;
    }
}
