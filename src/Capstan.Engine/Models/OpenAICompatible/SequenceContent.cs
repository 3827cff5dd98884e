using System.Buffers;
using System.Net;

namespace Capstan.Engine.Models.OpenAICompatible;

/// <summary>A request body in pieces, which are sent as they are.</summary>
internal sealed class SequenceContent(ReadOnlySequence<byte> bytes) : HttpContent
{
    /// <inheritdoc/>
    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
        SerializeToStreamAsync(stream, context, CancellationToken.None);

    /// <inheritdoc/>
    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        foreach (var piece in bytes)
            await stream.WriteAsync(piece, cancellationToken);
    }

    /// <inheritdoc/>
    protected override bool TryComputeLength(out long length)
    {
        length = bytes.Length;
        return true;
    }
}
