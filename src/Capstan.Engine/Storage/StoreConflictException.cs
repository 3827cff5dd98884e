namespace Capstan.Engine.Storage;

/// <summary>
/// A write met one of another lane, on a row that does not belong to a session. Nothing of it is kept, and it can be tried again.
/// </summary>
public sealed class StoreConflictException(Exception inner) : Exception("The write met a write of another lane.", inner);
