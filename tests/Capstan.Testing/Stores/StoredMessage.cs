using System.Collections.Immutable;
using Capstan.Engine.Storage;

namespace Capstan.Testing.Stores;

/// <summary>A message and its parts, as <see cref="StoreState"/> holds them.</summary>
/// <param name="Row">The message; its parts are beside it.</param>
/// <param name="IsOpen">Whether a turn is still writing it.</param>
/// <param name="Parts">Its parts by identifier.</param>
public sealed record StoredMessage(MessageRow Row, bool IsOpen, ImmutableSortedDictionary<string, byte[]> Parts)
{
    /// <summary>The row as the store gives it.</summary>
    public MessageRow WithParts() => Row with { Parts = [.. Parts.Values.Select(static part => new ReadOnlyMemory<byte>(part))] };
}
