using System.Collections.Immutable;
using Capstan.Engine.Storage;

namespace Capstan.Testing.Stores;

/// <summary>A message and its parts, as <see cref="StoreState"/> holds them.</summary>
/// <param name="Row">The message; its parts are beside it.</param>
/// <param name="IsOpen">Whether a turn is still writing it.</param>
/// <param name="Parts">Its parts, in the order in which they were created.</param>
public sealed record StoredMessage(MessageRow Row, bool IsOpen, ImmutableList<(string ID, byte[] Json)> Parts)
{
    /// <summary>The row as the store gives it.</summary>
    public MessageRow WithParts() => Row with { Parts = [.. Parts.Select(static part => new ReadOnlyMemory<byte>(part.Json))] };

    /// <summary>The message with a part that is new, or that takes the place of the one with its identifier.</summary>
    public StoredMessage With(string partID, byte[] json)
    {
        var index = Parts.FindIndex(part => part.ID == partID);
        return this with { Parts = index < 0 ? Parts.Add((partID, json)) : Parts.SetItem(index, (partID, json)) };
    }
}
