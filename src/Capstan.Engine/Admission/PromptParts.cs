using System.Text;
using Capstan.Contract;
using Capstan.Engine.Configuration.Settings;
using Capstan.Engine.Files;
using Capstan.Engine.Tools.Read;
using Capstan.Engine.Workspaces;
using Microsoft.Win32.SafeHandles;

namespace Capstan.Engine.Admission;

/// <summary>
/// Makes the parts that are stored out of the parts that a client sent: texts as they are, files with their content, so that a
/// model reads a file as it was at the moment of the prompt.
/// </summary>
internal sealed class PromptParts(IdentifierSource identifiers, Workspace workspace, string sessionID, string messageID)
{
    private readonly List<Part> _parts = [];

    // How many bytes files have added to the prompt so far.
    private long _attached;

    private int MaxFile => workspace.Settings.Attachments.MaxFile ?? (int)AttachmentSettings.Default.MaxFile!;

    private long MaxSum => workspace.Settings.Attachments.MaxSum ?? (long)AttachmentSettings.Default.MaxSum!;

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
                return AddReading(path, DirectoryListing.Read(path, new ReadRange(1, ReadRange.DefaultLimit)).Show(path))
                    ?? AddFile(file, "application/x-directory", file.Url);
            }

            using var opened = RegularFile.Open(path);
            return file.Mime == "text/plain" ? AddText(file, url, path, opened) : AddContent(file, file.Mime, opened);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return $"the file {path} cannot be read: {exception.Message}";
        }
    }

    private string? AddText(PartInput.File file, Uri url, string path, SafeFileHandle opened)
    {
        RegularFile.RequireSize(opened, MaxFile);
        var first = FileKind.FirstBytes(opened);
        // Clients that know only a file's name send every file as text/plain. An image or a PDF is attached as what its first
        // bytes say.
        if (FileKind.AttachmentType(first) is { } mime)
            return AddContent(file, mime, opened);
        if (FileKind.IsBinary(path, first))
            return $"the file {path} is binary and cannot be attached as text/plain";
        var lines = NumberedLines.Read(
            new LineReader(opened, MaxFile), AttachedFile.Range(url), workspace.Config.ToolOutput.MaxBytes, CancellationToken.None);
        return lines.Problem is { } problem
            ? $"the file {path} cannot be attached: {problem}"
            : AddReading(path, lines.Show(path)) ?? AddFile(file, file.Mime, file.Url);
    }

    private string? AddContent(PartInput.File file, string mime, SafeFileHandle opened) =>
        AddFile(file, mime, $"data:{mime};base64,{Convert.ToBase64String(RegularFile.ReadBytes(opened, MaxFile))}");

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
