namespace Capstan.Contract;

/// <summary>The properties of <c>session.diff</c>.</summary>
/// <param name="SessionID">The session.</param>
/// <param name="Diff">The changes that the turn made in files.</param>
public sealed record SessionDiffEvent(string SessionID, IReadOnlyList<FileDiff> Diff);
