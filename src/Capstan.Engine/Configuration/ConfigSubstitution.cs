using System.Text;
using System.Text.Encodings.Web;
using Capstan.Engine.Configuration.Trust;
using Capstan.Engine.Files;

namespace Capstan.Engine.Configuration;

/// <summary>
/// Replaces <c>{env:NAME}</c> and <c>{file:path}</c> in the text of a configuration file before it is parsed. A variable's value
/// goes in raw, so that it can stand for a number, and is empty if unset; a file's text goes in trimmed and escaped for a JSON
/// string. A reference that a project's file may not make becomes empty, too.
/// </summary>
internal sealed class ConfigSubstitution(
    ConfigPaths paths, ProcessEnvironment environment, ConfigStamps stamps, ReferencedValues values, ProjectLimits? limits)
{
    private const int MaxBytes = 1 << 20;

    public string Apply(string text, string file, string directory)
    {
        text = Replace(text, "{env:", (name, _) => ReadVariable(name, file));
        return Replace(text, "{file:", (reference, start) =>
            IsCommentedOut(text, start) ? null : ReadFile(text, reference, start, file, directory));
    }

    private static string Replace(string text, string opening, Func<string, int, string?> value)
    {
        var at = text.IndexOf(opening, StringComparison.Ordinal);
        if (at < 0)
            return text;
        var result = new StringBuilder(text.Length);
        var copied = 0;
        while (at >= 0)
        {
            var first = at + opening.Length;
            var close = text.IndexOf('}', first);
            if (close < 0)
                break;
            if (close > first && value(text[first..close], at) is { } replacement)
            {
                result.Append(text, copied, at - copied).Append(replacement);
                copied = close + 1;
            }

            at = text.IndexOf(opening, close, StringComparison.Ordinal);
        }

        return result.Append(text, copied, text.Length - copied).ToString();
    }

    private static bool IsCommentedOut(string text, int position)
    {
        var line = text.AsSpan(text.AsSpan(0, position).LastIndexOf('\n') + 1);
        return line.TrimStart().StartsWith("//");
    }

    private string ReadVariable(string name, string file)
    {
        if (limits?.MayReadVariable(name, file) == false)
            return "";
        var value = environment[name] ?? "";
        values.Add(name, value);
        return value;
    }

    private string ReadFile(string text, string reference, int position, string file, string directory)
    {
        var path = Path.GetFullPath(Path.Combine(directory, paths.ExpandHome(reference)));
        stamps.Add(path);
        if (limits?.MayReadReferenced(path, reference, file) == false)
            return "";
        try
        {
            var value = RegularFile.ReadText(path, MaxBytes).Trim();
            values.Add(value);
            return JavaScriptEncoder.UnsafeRelaxedJsonEscaping.Encode(value);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            var before = text.AsSpan(0, position);
            throw ConfigException.Invalid(
                file,
                $"{{file:{reference}}} names {path}, which cannot be read: {failure.Message}",
                before.Count('\n') + 1,
                position - before.LastIndexOf('\n'));
        }
    }
}
