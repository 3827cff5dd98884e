namespace Capstan.Contract;

/// <summary>The properties of <c>file.watcher.updated</c>.</summary>
/// <param name="File">The absolute path.</param>
/// <param name="Event">add, change or unlink.</param>
public sealed record FileWatcherEvent(string File, string Event);
