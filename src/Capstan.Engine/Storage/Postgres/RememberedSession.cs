namespace Capstan.Engine.Storage.Postgres;

/// <summary>What a lane knows of a session: what its writes look at again and again.</summary>
internal sealed class RememberedSession
{
    private readonly List<WorkRow> _inbox = [];
    private readonly List<PermissionRow> _permissions = [];

    /// <summary>The session; null where there is none.</summary>
    public SessionRow? Row { get; set; }

    /// <summary>The messages that a turn is still writing; a message that was never stored may be among them.</summary>
    public HashSet<string> Open { get; } = [];

    /// <summary>The inbox, oldest first: a copy.</summary>
    public WorkRow[] Inbox => [.. _inbox];

    /// <summary>The permission requests, oldest first: a copy.</summary>
    public PermissionRow[] Permissions => [.. _permissions];

    /// <summary>Work of the inbox by its identifier; null where there is none.</summary>
    public WorkRow? FindInbox(string id) => _inbox.Find(row => row.ID == id);

    public void Add(WorkRow row)
    {
        var at = _inbox.FindIndex(other => other.Position > row.Position);
        _inbox.Insert(at < 0 ? _inbox.Count : at, row);
    }

    /// <summary>Changes the work that a condition names.</summary>
    public void ChangeInbox(Predicate<WorkRow> isMeant, Func<WorkRow, WorkRow> change)
    {
        for (var i = 0; i < _inbox.Count; i++)
        {
            if (isMeant(_inbox[i]))
                _inbox[i] = change(_inbox[i]);
        }
    }

    public void RemoveInbox(string id) => _inbox.RemoveAll(row => row.ID == id);

    public void Add(PermissionRow row)
    {
        var at = _permissions.FindIndex(other => string.CompareOrdinal(other.ID, row.ID) > 0);
        _permissions.Insert(at < 0 ? _permissions.Count : at, row);
    }

    /// <summary>Answers a permission request that has no answer.</summary>
    public void Answer(string requestID, PermissionAnswer answer)
    {
        var at = _permissions.FindIndex(row => row.ID == requestID && row.Answer is null);
        if (at >= 0)
            _permissions[at] = _permissions[at] with { Answer = answer };
    }

    public void RemovePermission(string requestID) => _permissions.RemoveAll(row => row.ID == requestID);
}
