namespace Capstan.Engine.Turns;

/// <summary>The executors of all kinds of work that this engine knows.</summary>
internal sealed class WorkExecutors(IEnumerable<IWorkExecutor> executors)
{
    private readonly Dictionary<string, IWorkExecutor> _byKind = executors.ToDictionary(static executor => executor.Kind, StringComparer.Ordinal);

    /// <summary>The executor of a kind; null where the work was stored by a newer Capstan that knows more kinds.</summary>
    public IWorkExecutor? Find(string kind) => _byKind.GetValueOrDefault(kind);

    /// <summary>Whether work of a kind may join a turn that runs.</summary>
    public bool MayJoin(string kind) => Find(kind) is { MayJoin: true };
}
