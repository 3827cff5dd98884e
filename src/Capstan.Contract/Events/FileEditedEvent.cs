namespace Capstan.Contract;

/// <summary>The properties of <c>file.edited</c>.</summary>
/// <param name="File">The absolute path of the file.</param>
public sealed record FileEditedEvent(string File);
