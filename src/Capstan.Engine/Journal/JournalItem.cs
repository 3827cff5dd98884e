using Capstan.Engine.Events;

namespace Capstan.Engine.Journal;

/// <summary>One entry of the journal's queue.</summary>
internal abstract class JournalItem
{
    /// <summary>Whether it needs a transaction.</summary>
    public virtual bool IsWrite => true;

    /// <summary>Carries it out; may be called again after a failed group.</summary>
    public abstract void Apply(JournalTransaction transaction);

    /// <summary>It is durable and its events are published.</summary>
    public virtual void Complete()
    {
    }

    /// <summary>It failed and left nothing behind.</summary>
    public virtual void Fail(Exception exception)
    {
    }
}

/// <summary>A write whose caller waits.</summary>
internal sealed class JournalItem<T>(Func<JournalTransaction, T> write) : JournalItem
{
    private readonly TaskCompletionSource<T> _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private T _result = default!;

    public Task<T> Completed => _completion.Task;

    public override void Apply(JournalTransaction transaction) => _result = write(transaction);

    public override void Complete() => _completion.TrySetResult(_result);

    public override void Fail(Exception exception) => _completion.TrySetException(exception);
}

/// <summary>A write that nobody waits for.</summary>
internal sealed class JournalPost(Action<JournalTransaction> write, Action<Exception>? failed) : JournalItem
{
    public override void Apply(JournalTransaction transaction) => write(transaction);

    public override void Fail(Exception exception) => failed?.Invoke(exception);
}

/// <summary>An event that is published in its turn and not stored.</summary>
internal sealed class JournalLive(PublishedEvent live) : JournalItem
{
    public override bool IsWrite => false;

    public override void Apply(JournalTransaction transaction) => transaction.AddLive(live);
}
