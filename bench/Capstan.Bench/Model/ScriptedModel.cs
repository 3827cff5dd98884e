using System.Buffers;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;

namespace Capstan.Bench.Model;

/// <summary>
/// The model that both servers talk to: OpenAI's chat completions, answered whole in one write. It runs in a process of its own
/// (<c>capstan-bench model</c>) so that its processor time is in nobody's figures.
/// </summary>
internal static class ScriptedModel
{
    // Answers that go on together come in pieces, so that the deltas of many turns are mixed.
    private const int Pieces = 4;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);
    private static readonly Meeting Together = new();

    /// <summary>Serves until <paramref name="stop"/>; prints the port on the first line of standard output.</summary>
    public static async Task RunAsync(CancellationToken stop)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore();
        builder.Services.Configure<KestrelServerOptions>(options =>
        {
            options.AddServerHeader = false;
            options.Limits.MaxRequestBodySize = null;
            options.Listen(IPAddress.Loopback, 0);
        });
        await using var app = builder.Build();
        app.Run(AnswerAsync);
        await app.StartAsync(stop);
        var address = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();
        Console.WriteLine(new Uri(address).Port);
        await Task.Delay(Timeout.Infinite, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await app.StopAsync(CancellationToken.None);
    }

    private static async Task AnswerAsync(HttpContext context)
    {
        var reader = context.Request.BodyReader;
        var read = await reader.ReadAsync(context.RequestAborted);
        while (!read.IsCompleted)
        {
            reader.AdvanceTo(read.Buffer.Start, read.Buffer.End);
            read = await reader.ReadAsync(context.RequestAborted);
        }

        var answer = Choose(read.Buffer);
        reader.AdvanceTo(read.Buffer.End);
        context.Response.ContentType = answer.ContentType;
        var whole = answer.Bytes;
        if (answer.Together > 0)
        {
            await context.Response.BodyWriter.WriteAsync(whole[..(whole.Length / Pieces)], context.RequestAborted);
            await Together.WaitAsync(answer.Together, context.RequestAborted);
            for (var piece = 1; piece < Pieces; piece++)
            {
                var from = whole.Length * piece / Pieces;
                await context.Response.BodyWriter.WriteAsync(whole[from..(whole.Length * (piece + 1) / Pieces)], context.RequestAborted);
                await Task.Delay(Pause, context.RequestAborted);
            }

            return;
        }

        await context.Response.BodyWriter.WriteAsync(whole, context.RequestAborted);
        if (answer.StaysOpen)
            await Task.Delay(Timeout.Infinite, context.RequestAborted).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private static ModelAnswer Choose(ReadOnlySequence<byte> body)
    {
        if (body.IsSingleSegment)
            return ModelScript.Answer(body.FirstSpan);
        var rented = ArrayPool<byte>.Shared.Rent((int)body.Length);
        body.CopyTo(rented);
        var answer = ModelScript.Answer(rented.AsSpan(0, (int)body.Length));
        ArrayPool<byte>.Shared.Return(rented);
        return answer;
    }
}
