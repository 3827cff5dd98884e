namespace Capstan.Contract;

/// <summary>The properties of <c>file.watcher.updated</c>.</summary>
/// <param name="File">The absolute path of the file.</param>
/// <param name="Event">What happened to the file: add, change or unlink.</param>
public sealed record FileWatcherEvent(string File, string Event);
