using System.Globalization;
using System.Text;
using Capstan.Contract;
using Capstan.Engine.Tools;
using Capstan.Engine.Workspaces;

namespace Capstan.Engine.Sessions;

/// <summary>
/// Makes stored parts of what a client sent: texts as they are, files with their content, so that a model reads what the user meant
/// at the moment of the prompt.
/// </summary>
internal sealed class PromptParts(IdentifierSource identifiers, Workspace workspace, string sessionID, string messageID)
{
    private const int LargestFile = 20 << 20;

    private readonly List<Part> _parts = [];

    /// <summary>Expands the parts of a prompt.</summary>
    /// <returns>The parts, or why one of them cannot be used.</returns>
    public async Task<(IReadOnlyList<Part> Parts, Refusal? Refusal)> ExpandAsync(
        IReadOnlyList<PartInput> inputs, CancellationToken cancellationToken)
    {
        for (var i = 0; i < inputs.Count; i++)
        {
            var problem = inputs[i] switch
            {
                PartInput.Text text => Add(text),
                PartInput.File file => await AddAsync(file, cancellationToken),
                PartInput.AgentMention agent => Add(agent),
                PartInput.Subtask => "subtasks are not supported by this version of Capstan",
                _ => "unknown part",
            };
            if (problem is not null)
                return ([], Refusal.Invalid($"{problem}\n  at [\"parts\"][{i}]"));
        }

        return (_parts, null);
    }

    private string? Add(PartInput.Text text)
    {
        _parts.Add(new TextPart
        {
            ID = text.ID ?? identifiers.NewPart(),
            SessionID = sessionID,
            MessageID = messageID,
            Text = text.Content,
            Synthetic = text.Synthetic,
            Ignored = text.Ignored,
            Time = text.Time,
            Metadata = text.Metadata,
        });
        return null;
    }

    private string? Add(PartInput.AgentMention agent)
    {
        if (workspace.Agents.Find(agent.Name) is null)
            return $"Agent not found: \"{agent.Name}\"";
        _parts.Add(new AgentPart
        {
            ID = agent.ID ?? identifiers.NewPart(),
            SessionID = sessionID,
            MessageID = messageID,
            Name = agent.Name,
            Source = agent.Source,
        });
        AddSynthetic($"The user mentions the agent {agent.Name}: this is work for it, as far as you can hand work on.");
        return null;
    }

    private async Task<string?> AddAsync(PartInput.File file, CancellationToken cancellationToken)
    {
        if (file.Url.StartsWith("data:", StringComparison.OrdinalIgnoreCase))
            return AddData(file);
        if (!Uri.TryCreate(file.Url, UriKind.Absolute, out var url))
            return $"the url of the file is not an address: {file.Url}";
        if (url.Scheme != Uri.UriSchemeFile)
        {
            AddFile(file, file.Mime, file.Url);
            return null;
        }

        var path = Path.GetFullPath(url.LocalPath, workspace.Directory);
        if (Directory.Exists(path))
        {
            AddReading(path, string.Join('\n', Directory.EnumerateFileSystemEntries(path).Select(Path.GetFileName).Order(StringComparer.Ordinal).Take(1000)));
            AddFile(file, "application/x-directory", file.Url);
            return null;
        }

        try
        {
            var content = await ReadAsync(path, cancellationToken);
            if (content is null)
                return $"the file {path} is larger than {LargestFile >> 20} MiB, or not a file that has an end";
            if (file.Mime == "text/plain")
            {
                AddReading(path, SelectLines(Encoding.UTF8.GetString(content), url));
                AddFile(file, file.Mime, file.Url);
            }
            else
            {
                AddFile(file, file.Mime, $"data:{file.Mime};base64,{Convert.ToBase64String(content)}");
            }

            return null;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return $"the file {path} cannot be read: {exception.Message}";
        }
    }

    /// <summary>A file's content; null where it is too large. Devices and pipes are opened without waiting and have no end to wait for.</summary>
    private static async Task<byte[]?> ReadAsync(string path, CancellationToken cancellationToken)
    {
        var resolved = new FileInfo(path).ResolveLinkTarget(returnFinalTarget: true)?.FullName ?? path;
        using var handle = RegularFile.Open(resolved);
        if ((File.GetAttributes(handle) & (FileAttributes.Device | FileAttributes.Directory)) != 0
            || RandomAccess.GetLength(handle) is 0 or > LargestFile)
        {
            return RandomAccess.GetLength(handle) == 0 && IsRegular(resolved) ? [] : null;
        }

        var content = new byte[RandomAccess.GetLength(handle)];
        var length = 0;
        while (length < content.Length)
        {
            var read = await RandomAccess.ReadAsync(handle, content.AsMemory(length), length, cancellationToken);
            if (read == 0)
                break;
            length += read;
        }

        return content[..length];
    }

    private static bool IsRegular(string path) => (File.GetAttributes(path) & (FileAttributes.Device | FileAttributes.Normal)) == FileAttributes.Normal;

    private string? AddData(PartInput.File file)
    {
        if (file.Mime == "text/plain")
        {
            if (Decode(file.Url) is not { } text)
                return "the data: url of the file cannot be decoded";
            AddReading(file.Filename ?? "the attached file", text);
        }

        AddFile(file, file.Mime, file.Url);
        return null;
    }

    private void AddReading(string name, string content)
    {
        AddSynthetic($"The user attached {name}. Its content, as the read tool would give it:");
        AddSynthetic(content);
    }

    private void AddSynthetic(string text) => _parts.Add(new TextPart
    {
        ID = identifiers.NewPart(),
        SessionID = sessionID,
        MessageID = messageID,
        Text = text,
        Synthetic = true,
    });

    private void AddFile(PartInput.File file, string mime, string url) => _parts.Add(new FilePart
    {
        ID = file.ID ?? identifiers.NewPart(),
        SessionID = sessionID,
        MessageID = messageID,
        Mime = mime,
        Filename = file.Filename,
        Url = url,
        Source = file.Source,
    });

    /// <summary>The lines that <c>?start=</c> and <c>?end=</c> of the address ask for, counted from 1; all without them.</summary>
    private static string SelectLines(string content, Uri url)
    {
        var query = url.Query.TrimStart('?').Split('&').Select(static pair => pair.Split('=', 2)).Where(static pair => pair.Length == 2)
            .ToLookup(static pair => pair[0], static pair => int.TryParse(pair[1], CultureInfo.InvariantCulture, out var line) ? line : 0);
        var first = Math.Max(1, query["start"].FirstOrDefault());
        var last = query["end"].FirstOrDefault() is > 0 and var end ? end : int.MaxValue;
        var text = new StringBuilder();
        var number = 0;
        foreach (var line in content.AsSpan().EnumerateLines())
        {
            if (++number > last)
                break;
            if (number >= first)
                text.Append(CultureInfo.InvariantCulture, $"{number}: {line}\n");
        }

        return text.ToString();
    }

    private static string? Decode(string url)
    {
        var comma = url.IndexOf(',', StringComparison.Ordinal);
        if (comma < 0)
            return null;
        var data = url[(comma + 1)..];
        if (!url[..comma].EndsWith(";base64", StringComparison.OrdinalIgnoreCase))
            return Uri.UnescapeDataString(data);
        var bytes = new byte[data.Length];
        return Convert.TryFromBase64String(data, bytes, out var length) ? Encoding.UTF8.GetString(bytes, 0, length) : null;
    }
}
