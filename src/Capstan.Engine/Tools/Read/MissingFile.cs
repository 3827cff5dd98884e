namespace Capstan.Engine.Tools.Read;

/// <summary>
/// What the model is told about a file that does not exist: up to three files in the same directory with a similar name.
/// </summary>
internal static class MissingFile
{
    public static string Describe(ToolPath path)
    {
        var message = $"File not found: {path.Named}";
        var directory = Path.GetDirectoryName(path.Resolved);
        var wanted = Path.GetFileName(path.Named);
        if (directory is null || wanted.Length == 0 || !Directory.Exists(directory))
        {
            return message;
        }

        var shownIn = Path.GetDirectoryName(path.Named) ?? "/";
        var near = Directory.EnumerateFileSystemEntries(directory)
            .Select(entry => Path.GetFileName(entry))
            .Where(name => IsLike(name, wanted))
            .Order(StringComparer.Ordinal)
            .Take(3)
            .Select(name => Path.Combine(shownIn, name));
        var list = string.Join('\n', near);
        return list.Length == 0 ? message : $"{message}\n\nFiles with similar names:\n{list}";
    }

    private static bool IsLike(string name, string wanted) =>
        name.Contains(wanted, StringComparison.OrdinalIgnoreCase)
        || wanted.Contains(name, StringComparison.OrdinalIgnoreCase)
        || Path.GetFileNameWithoutExtension(name).Equals(
            Path.GetFileNameWithoutExtension(wanted), StringComparison.OrdinalIgnoreCase);
}
