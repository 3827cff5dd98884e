using System.Collections.Concurrent;

namespace Capstan.Engine.Storage.Postgres;

/// <summary>
/// The sessions that this process has written lately, as they are committed: every prompt and every turn begins with a look at its
/// session. Only the owner of a database writes sessions, so what it wrote last stays true as long as it is the owner.
/// </summary>
internal sealed class PostgresKnownSessions
{
    private const int MostSessions = 4096;

    private readonly ConcurrentDictionary<string, SessionRow> _sessions = new(StringComparer.Ordinal);
    private volatile bool _isOwner = true;

    /// <summary>A session as it was committed last; null where the database has to be asked.</summary>
    public SessionRow? Find(string sessionID) => _isOwner ? _sessions.GetValueOrDefault(sessionID) : null;

    /// <summary>Notes a session that was committed; null where it was deleted, or where it is not known what is stored.</summary>
    public void Set(string sessionID, SessionRow? session)
    {
        if (session is null)
        {
            _sessions.TryRemove(sessionID, out _);
            return;
        }

        if (_sessions.Count >= MostSessions)
            _sessions.Clear();
        _sessions[sessionID] = session;
    }

    /// <summary>Notes that this process is the owner, or may not be any more.</summary>
    public void SetOwner(bool isOwner)
    {
        _isOwner = false;
        // Where another process was the owner meanwhile, it may have changed any session.
        _sessions.Clear();
        _isOwner = isOwner;
    }
}
