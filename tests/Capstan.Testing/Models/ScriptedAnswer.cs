using System.Net.Mime;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http;

namespace Capstan.Testing.Models;

/// <summary>Plays one step to one client.</summary>
internal sealed class ScriptedAnswer(OpenAiChatWire wire, ModelStep step, int attempt, TimeProvider time)
{
    /// <exception cref="OperationCanceledException">The client left, or the model stops.</exception>
    public async Task<ModelCallEnd> WriteAsync(HttpContext context, CancellationToken leaving)
    {
        var response = context.Response;
        if (step.Hang == ModelHang.Connect)
            await Task.Delay(Timeout.InfiniteTimeSpan, time, leaving);
        if ((step.Http is not null || step.FailFirst > 0) && attempt < (step.FailFirst ?? int.MaxValue))
            return await FailAsync(response, leaving);
        if (step.Garbage == ModelGarbage.Html)
        {
            response.ContentType = MediaTypeNames.Text.Html;
            await response.WriteAsync("<!doctype html><html><body>Sign in to continue</body></html>", leaving);
            return ModelCallEnd.Finished;
        }

        response.ContentType = MediaTypeNames.Text.EventStream;
        await response.StartAsync(leaving);
        await response.Body.FlushAsync(leaving);
        if (step.Hang == ModelHang.Headers)
            await Task.Delay(Timeout.InfiniteTimeSpan, time, leaving);

        var frames = wire.Content(step);
        var cutAt = step.Cut || attempt < step.CutFirst ? Math.Max(1, frames.Count / 2) : int.MaxValue;
        await SendAsync(response, OpenAiChatWire.Opening, leaving);
        for (var i = 0; ; i++)
        {
            if (step.Gate is { } gate && gate.After == i)
                await gate.PassAsync(leaving);
            if (i == cutAt || (i == frames.Count && cutAt < int.MaxValue))
            {
                await CutAsync(context, leaving);
                return ModelCallEnd.Cut;
            }

            if (i == frames.Count)
                break;
            await SendAsync(response, frames[i], leaving);
            if (step.Delay > 0)
                await Task.Delay(TimeSpan.FromMilliseconds(step.Delay), time, leaving);
        }

        if (step.Hang == ModelHang.Stream)
            await Task.Delay(Timeout.InfiniteTimeSpan, time, leaving);
        if (step.Garbage == ModelGarbage.Json)
            await SendAsync(response, "data: {\"id\":\"chatcmpl-fake\",\"choices\":[{\"delta\":{\"content\":\"half a fra\n\n"u8.ToArray(), leaving);
        else if (step.Error is { } error)
            await SendAsync(response, OpenAiChatWire.ErrorFrame(error), leaving);
        else
            await SendAsync(response, OpenAiChatWire.Ending(step), leaving);
        return ModelCallEnd.Finished;
    }

    private static async Task SendAsync(HttpResponse response, ReadOnlyMemory<byte> frame, CancellationToken leaving)
    {
        // A write to a client that has left does not throw by itself.
        leaving.ThrowIfCancellationRequested();
        await response.Body.WriteAsync(frame, leaving);
        await response.Body.FlushAsync(leaving);
    }

    // A bare abort resets the connection, and a reset may overtake what was sent: half-close, let the client find the end
    // of the stream in the middle of a body, and only then let go.
    private static async Task CutAsync(HttpContext context, CancellationToken leaving)
    {
        context.Features.Get<IConnectionSocketFeature>()!.Socket.Shutdown(SocketShutdown.Send);
        var gone = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using (leaving.Register(() => gone.TrySetResult()))
            await gone.Task;
        context.Abort();
    }

    private async Task<ModelCallEnd> FailAsync(HttpResponse response, CancellationToken leaving)
    {
        var status = step.Http ?? StatusCodes.Status500InternalServerError;
        response.StatusCode = status;
        response.ContentType = MediaTypeNames.Application.Json;
        foreach (var (name, value) in step.Headers ?? new Dictionary<string, string>())
            response.Headers[name] = value;
        await response.WriteAsync(step.Body?.GetRawText() ?? OpenAiChatWire.ErrorBody(status), leaving);
        return ModelCallEnd.Finished;
    }
}
