using Capstan.Engine.Storage;

namespace Capstan.Engine.Sessions;

/// <summary>Forgets old events in steps, so that the log stays bounded and no single write pays for much.</summary>
internal sealed class JournalRetention(long retained, long last)
{
    // Deleting in blocks keeps the common write free of it; small blocks keep the unlucky write short.
    private const long Block = 500;
    private long _next = last + Block;

    public void Apply(IStoreTransaction write, long lastSequence)
    {
        if (lastSequence < _next)
            return;
        _next = lastSequence + Block;
        if (lastSequence > retained)
            write.RemoveEvents(lastSequence - retained);
    }
}
