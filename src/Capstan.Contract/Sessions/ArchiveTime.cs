namespace Capstan.Contract;

/// <summary>The <c>time</c> object of <c>PATCH /session/{id}</c>.</summary>
/// <param name="Archived">When the session was archived, in Unix milliseconds.</param>
public sealed record ArchiveTime(long? Archived);
