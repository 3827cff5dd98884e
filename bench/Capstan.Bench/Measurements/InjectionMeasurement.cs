using System.Diagnostics;
using Capstan.Bench.Client;
using Capstan.Bench.Results;

namespace Capstan.Bench.Measurements;

/// <summary><c>POST /session/{id}/message</c> with <c>noReply</c>: a message is stored and no turn starts. A session for each client.</summary>
internal sealed class InjectionMeasurement : Measurement
{
    private const int Clients = 16;
    private static readonly Row One = new("injections (`noReply`), one client in series", "1/s", Direction.Higher);
    private static readonly ProcessorRows OneProcessor = new("processor time of each of those injections");
    private static readonly Row Many = new("injections (`noReply`), 16 clients at once", "1/s", Direction.Higher);
    private static readonly ProcessorRows ManyProcessor = new("processor time of each of those of 16 clients");

    /// <inheritdoc/>
    public override string Name => "inject";

    /// <inheritdoc/>
    public override IReadOnlyList<Row> Rows { get; } = [One, .. OneProcessor.Rows, Many, .. ManyProcessor.Rows];

    /// <inheritdoc/>
    public override async Task<IReadOnlyList<Figure>> RunAsync(Subject subject, CancellationToken cancellation) =>
    [
        .. await InjectAsync(One, OneProcessor, 1, subject, cancellation),
        .. await InjectAsync(Many, ManyProcessor, Clients, subject, cancellation),
    ];

    private static async Task<IEnumerable<Figure>> InjectAsync(
        Row row, ProcessorRows processor, int clients, Subject subject, CancellationToken cancellation)
    {
        var server = await subject.SharedAsync(cancellation);
        var body = PromptBody.Injection();
        var sessions = new string[clients];
        for (var i = 0; i < clients; i++)
        {
            sessions[i] = await server.Client.CreateAsync(cancellation);
            await server.Client.MessageAsync(sessions[i], body, cancellation);
        }

        await server.Tree.WaitUntilQuietAsync(subject.Scale.Rest, cancellation);
        var before = server.ProcessorTime();
        var startedAt = Stopwatch.GetTimestamp();
        var each = subject.Scale.Injections / clients;
        await Task.WhenAll(sessions.Select(session => Sampler.RunAsync(
            each, _ => server.Client.MessageAsync(session, body, cancellation), cancellation)));
        var seconds = Stopwatch.GetElapsedTime(startedAt).TotalSeconds;
        await server.Tree.WaitUntilQuietAsync(subject.Scale.Rest, cancellation);
        var samples = $"{each * clients:#,0} injections";
        return
        [
            new Figure(row, each * clients / seconds, samples),
            .. processor.Figures(server.ProcessorTime().Since(before).Each(each * clients), samples),
        ];
    }
}
