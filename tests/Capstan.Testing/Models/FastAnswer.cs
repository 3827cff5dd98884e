using System.Buffers;
using System.IO.Pipelines;
using System.Net.Mime;
using Microsoft.AspNetCore.Http;

namespace Capstan.Testing.Models;

/// <summary>A step encoded once and played many times. Each content frame is still flushed by itself, as a provider does.</summary>
internal sealed class FastAnswer(OpenAiChatWire wire, ModelStep step, TimeProvider time)
{
    private readonly ReadOnlyMemory<byte>[] _frames = [OpenAiChatWire.Opening, .. wire.Content(step), OpenAiChatWire.Ending(step)];
    private readonly TimeSpan _delay = TimeSpan.FromMilliseconds(step.Delay);

    /// <summary>Reads the body to its end and looks for tools without parsing it.</summary>
    public static async ValueTask<bool> HasToolsAsync(PipeReader body, CancellationToken cancellationToken)
    {
        while (true)
        {
            var read = await body.ReadAsync(cancellationToken);
            if (!read.IsCompleted)
            {
                body.AdvanceTo(read.Buffer.Start, read.Buffer.End);
                continue;
            }

            var found = new SequenceReader<byte>(read.Buffer).TryReadTo(out ReadOnlySequence<byte> _, "\"tools\":"u8);
            body.AdvanceTo(read.Buffer.End);
            return found;
        }
    }

    public async Task WriteAsync(HttpContext context)
    {
        context.Response.ContentType = MediaTypeNames.Text.EventStream;
        var writer = context.Response.BodyWriter;
        for (var i = 0; i < _frames.Length; i++)
        {
            if (_delay > TimeSpan.Zero && i > 1)
                await Task.Delay(_delay, time, context.RequestAborted);
            if ((await writer.WriteAsync(_frames[i], context.RequestAborted)).IsCompleted)
                return;
        }
    }
}
