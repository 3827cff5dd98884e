using Capstan.Engine.Events;
using Capstan.Engine.Storage;

namespace Capstan.Engine.Journal;

/// <summary>One entry of the journal's queue.</summary>
/// <param name="sessionID">The session that the item is about; null for what belongs to no session, such as a project.</param>
internal abstract class JournalItem(string? sessionID)
{
    /// <summary>The session that the item is about; null for what belongs to no session.</summary>
    public string? SessionID => sessionID;

    /// <summary>Whether the item needs a transaction of the store.</summary>
    public virtual bool IsWrite => true;

    /// <summary>Carries the item out. It is called again, for the item alone, where the group of the first call failed.</summary>
    public abstract void Apply(JournalTransaction transaction);

    /// <summary>Called when the item is durable and its events are published.</summary>
    public virtual void Complete()
    {
    }

    /// <summary>Called when the item failed; nothing of it was stored or published.</summary>
    public virtual void Fail(Exception exception)
    {
    }
}

/// <summary>A write that its caller awaits.</summary>
internal sealed class JournalItem<T>(string? sessionID, SessionLease? lease, Func<JournalTransaction, T> write) : JournalItem(sessionID)
{
    private readonly TaskCompletionSource<T> _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private T _result = default!;

    public Task<T> Completed => _completion.Task;

    public override void Apply(JournalTransaction transaction)
    {
        transaction.CheckLease(SessionID, lease);
        _result = write(transaction);
    }

    public override void Complete() => _completion.TrySetResult(_result);

    public override void Fail(Exception exception) => _completion.TrySetException(exception);
}

/// <summary>A turn's write that the turn does not await.</summary>
internal sealed class JournalPost(string sessionID, SessionLease lease, Action<JournalTransaction> write, Action<Exception>? failed)
    : JournalItem(sessionID)
{
    public override void Apply(JournalTransaction transaction)
    {
        transaction.CheckLease(SessionID, lease);
        write(transaction);
    }

    public override void Fail(Exception exception) => failed?.Invoke(exception);
}

/// <summary>A live event: it is published in the order of the queue, and not stored.</summary>
internal sealed class JournalLive(PublishedEvent live) : JournalItem(live.SessionID)
{
    public override bool IsWrite => false;

    public override void Apply(JournalTransaction transaction) => transaction.AddLive(live);
}
