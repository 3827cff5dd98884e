namespace Capstan.Engine.Searching;

/// <summary>Keeps those of many values that come first in an order, so that only these need memory (R9).</summary>
/// <param name="limit">How many values are kept.</param>
/// <param name="order">The order; values that are equal in it count as one.</param>
internal sealed class FirstInOrder<T>(int limit, IComparer<T> order)
{
    private readonly SortedSet<T> _kept = new(order);

    /// <summary>The values that are kept, in order.</summary>
    public IReadOnlyCollection<T> Values => _kept;

    /// <summary>Whether <see cref="Add"/> would keep a value.</summary>
    public bool Accepts(T value) => _kept.Count < limit || order.Compare(value, _kept.Max!) < 0;

    /// <summary>Keeps a value, if it is one of the first ones so far.</summary>
    public void Add(T value)
    {
        if (_kept.Add(value) && _kept.Count > limit)
            _kept.Remove(_kept.Max!);
    }
}
