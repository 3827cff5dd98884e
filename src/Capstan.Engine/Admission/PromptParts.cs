using System.Text;
using Capstan.Contract;
using Capstan.Engine.Files;
using Capstan.Engine.Workspaces;

namespace Capstan.Engine.Admission;

/// <summary>
/// Makes stored parts of what a client sent: texts as they are, files with their content, so that a model reads what the user meant
/// at the moment of the prompt.
/// </summary>
internal sealed class PromptParts(IdentifierSource identifiers, Workspace workspace, string sessionID, string messageID)
{
    private const int DefaultMaxFile = 20 << 20;
    private const long DefaultMaxSum = 32 << 20;
    private const int MaxEntries = 1000;

    private readonly List<Part> _parts = [];

    // Bytes that files have added so far.
    private long _attached;

    private long MaxSum => workspace.Settings.Attachments.MaxSum ?? DefaultMaxSum;

    private string TooMuch => $"the files of the prompt are more than {MaxSum} bytes together (capstan.attachments.maxSum)";

    /// <summary>Expands the parts of a prompt.</summary>
    /// <returns>The parts, or why one of them cannot be used.</returns>
    public (IReadOnlyList<Part> Parts, Refusal? Refusal) Expand(IReadOnlyList<PartInput> inputs)
    {
        for (var i = 0; i < inputs.Count; i++)
        {
            var problem = inputs[i] switch
            {
                PartInput.Text text => Add(text),
                PartInput.File file => Add(file),
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

    private string? Add(PartInput.File file)
    {
        if (file.Url.StartsWith("data:", StringComparison.OrdinalIgnoreCase))
            return AddData(file);
        if (!Uri.TryCreate(file.Url, UriKind.Absolute, out var url))
            return $"the url of the file is not an address: {file.Url}";
        if (url.Scheme != Uri.UriSchemeFile)
            return AddFile(file, file.Mime, file.Url);
        if (url.LocalPath.Contains('\0', StringComparison.Ordinal))
            return "the url of the file holds a NUL character";

        var path = Path.GetFullPath(url.LocalPath, workspace.Directory);
        try
        {
            if (Directory.Exists(path))
            {
                var names = Directory.EnumerateFileSystemEntries(path).Select(Path.GetFileName).Order(StringComparer.Ordinal).Take(MaxEntries);
                return AddReading(path, string.Join('\n', names)) ?? AddFile(file, "application/x-directory", file.Url);
            }

            var content = RegularFile.ReadBytes(path, workspace.Settings.Attachments.MaxFile ?? DefaultMaxFile);
            if (file.Mime != "text/plain")
                return AddFile(file, file.Mime, $"data:{file.Mime};base64,{Convert.ToBase64String(content)}");
            return AttachedFile.SelectLines(Encoding.UTF8.GetString(content), url, MaxSum - _attached) is { } text
                ? AddReading(path, text) ?? AddFile(file, file.Mime, file.Url)
                : TooMuch;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return $"the file {path} cannot be read: {exception.Message}";
        }
    }

    private string? AddData(PartInput.File file)
    {
        if (file.Mime != "text/plain")
            return AddFile(file, file.Mime, file.Url);
        return AttachedFile.Decode(file.Url) is { } text
            ? AddReading(file.Filename ?? "the attached file", text) ?? AddFile(file, file.Mime, file.Url)
            : "the data: url of the file cannot be decoded";
    }

    private string? AddReading(string name, string content)
    {
        if (!TryAttach(content))
            return TooMuch;
        AddSynthetic($"The user attached {name}. Its content, as the read tool would give it:");
        AddSynthetic(content);
        return null;
    }

    private bool TryAttach(string text) => (_attached += Encoding.UTF8.GetByteCount(text)) <= MaxSum;

    private void AddSynthetic(string text) => _parts.Add(new TextPart
    {
        ID = identifiers.NewPart(),
        SessionID = sessionID,
        MessageID = messageID,
        Text = text,
        Synthetic = true,
    });

    private string? AddFile(PartInput.File file, string mime, string url)
    {
        if (!TryAttach(url))
            return TooMuch;
        _parts.Add(new FilePart
        {
            ID = file.ID ?? identifiers.NewPart(),
            SessionID = sessionID,
            MessageID = messageID,
            Mime = mime,
            Filename = file.Filename,
            Url = url,
            Source = file.Source,
        });
        return null;
    }
}
