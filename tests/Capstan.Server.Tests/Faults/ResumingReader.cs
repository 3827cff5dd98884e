using System.Net;
using Capstan.Testing.Servers;
using Capstan.Testing.Streams;

namespace Capstan.Server.Tests.Faults;

/// <summary>
/// An event stream that is cut again and again by its reader, who comes back with <c>Last-Event-ID</c> as clients do, also while the
/// database cannot be reached.
/// </summary>
internal sealed class ResumingReader(CapstanProcess server, string path, string beginning, Random chance, CancellationToken cancelled)
{
    private static readonly TimeSpan SafetyNet = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan BetweenAttempts = TimeSpan.FromMilliseconds(50);

    private readonly List<SseEvent> _events = [];

    /// <summary>All frames that have an id, in the order in which they came.</summary>
    public IReadOnlyList<SseEvent> Events => _events;

    /// <summary>How often the stream was opened.</summary>
    public int Openings { get; private set; }

    /// <summary>How often it could not be opened, or broke before the reader cut it.</summary>
    public int Failures { get; private set; }

    /// <summary>Reads until an event matches.</summary>
    public async Task ReadUntilAsync(Func<SseEvent, bool> matches)
    {
        while (true)
        {
            try
            {
                await using var reader = await SseReader.OpenAsync(server.Http, path, _events.Count == 0 ? beginning : _events[^1].Id, cancelled);
                Openings++;
                for (var left = 1 + chance.Next(60); left > 0; left--)
                {
                    if (await reader.NextAsync(SafetyNet) is not { } next)
                    {
                        Failures++;
                        break;
                    }

                    if (next.Type == "server.resync")
                        throw new InvalidOperationException($"Told to read everything anew after {(_events.Count == 0 ? beginning : _events[^1].Id)}: {next}");
                    if (next.Id is not null)
                        _events.Add(next);
                    if (matches(next))
                        return;
                }
            }
            catch (HttpRequestException exception) when (exception.StatusCode is null or HttpStatusCode.ServiceUnavailable)
            {
                Failures++;
                await Task.Delay(BetweenAttempts, TimeProvider.System, cancelled);
            }
        }
    }
}
