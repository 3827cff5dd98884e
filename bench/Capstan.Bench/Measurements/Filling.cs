using Capstan.Bench.Client;

namespace Capstan.Bench.Measurements;

/// <summary>Fills a server through its own API, as fast as it takes requests from a few clients.</summary>
internal static class Filling
{
    private const int Clients = 16;

    /// <summary>Creates a session of so many messages, by injections.</summary>
    public static async Task<string> MessagesAsync(SessionClient client, int messages, CancellationToken cancellation)
    {
        var session = await client.CreateAsync(cancellation);
        var body = PromptBody.Injection();
        await RunAsync(messages, token => client.MessageAsync(session, body, token), cancellation);
        var stored = await client.CountMessagesAsync(session, cancellation);
        return stored == messages ? session : throw new MeasurementException($"{messages} were injected and {stored} are there.");
    }

    /// <summary>Creates so many sessions in the client's directory.</summary>
    public static Task SessionsAsync(SessionClient client, int sessions, CancellationToken cancellation) =>
        RunAsync(sessions, client.CreateAsync, cancellation);

    private static Task RunAsync(int count, Func<CancellationToken, Task> request, CancellationToken cancellation) =>
        Parallel.ForEachAsync(Enumerable.Range(0, count),
            new ParallelOptions { MaxDegreeOfParallelism = Clients, CancellationToken = cancellation },
            async (_, token) => await request(token));
}
