namespace Capstan.Bench;

/// <summary>
/// How much is asked of each server; the same for both.
/// </summary>
internal sealed record Scale
{
    /// <summary>Timed starts, and timed starts in a new home.</summary>
    public int Starts { get; init; } = 10;

    /// <summary>Processes whose idle memory is read.</summary>
    public int IdleProcesses { get; init; } = 3;

    /// <summary>How long a server rests before its idle memory is read.</summary>
    public TimeSpan Settle { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Sessions that sequential prompts go round.</summary>
    public int Sessions { get; init; } = 20;

    /// <summary>Sequential prompts and turns of a latency row.</summary>
    public int Prompts { get; init; } = 200;

    /// <summary>Sessions that work at once.</summary>
    public int Concurrent { get; init; } = 40;

    /// <summary>The turns that each of them takes.</summary>
    public int TurnsEach { get; init; } = 25;

    /// <summary>Readers of the fan-out.</summary>
    public int Readers { get; init; } = 100;

    /// <summary>Turns that are fanned out.</summary>
    public int FanOutTurns { get; init; } = 10;

    /// <summary>Injections, for one client and for all sixteen together.</summary>
    public int Injections { get; init; } = 1600;

    /// <summary>Aborts of each kind.</summary>
    public int Aborts { get; init; } = 50;

    /// <summary>Reads of the long session.</summary>
    public int HistoryReads { get; init; } = 50;

    /// <summary>Turns on the long session.</summary>
    public int HistoryTurns { get; init; } = 30;

    /// <summary>Processes that stream to stalled readers.</summary>
    public int StalledProcesses { get; init; } = 3;

    /// <summary>How long a server is watched doing nothing.</summary>
    public TimeSpan Quiet { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>Sessions of the store that holds many.</summary>
    public int ManySessions { get; init; } = 20_000;

    /// <summary>Older sessions of another directory in that store.</summary>
    public int OlderSessions { get; init; } = 100;

    /// <summary>Messages of the session whose newest page is read.</summary>
    public int PageMessages { get; init; } = 10_000;

    /// <summary>Requests that go before those whose processor time is measured.</summary>
    public int WarmUp { get; init; } = 300;

    /// <summary>Requests whose processor time is measured.</summary>
    public int PricedRequests { get; init; } = 1000;

    /// <summary>Turns at a fixed pace.</summary>
    public int PacedTurns { get; init; } = 1800;

    /// <summary>How often the database is killed.</summary>
    public int DatabaseKills { get; init; } = 10;

    /// <summary>Turns that run at once for one reader of all events.</summary>
    public int FeedTurns { get; init; } = 5000;

    /// <summary>New files of the repository that has many.</summary>
    public int NewFiles { get; init; } = 20_000;

    /// <summary>How long a server is waited for until it rests.</summary>
    public TimeSpan Rest { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>The time after which a measurement is given up.</summary>
    public TimeSpan Limit { get; init; } = TimeSpan.FromMinutes(15);

    /// <summary>What <c>--quick</c> asks for.</summary>
    public static Scale Quick { get; } = new()
    {
        Starts = 3,
        IdleProcesses = 1,
        Settle = TimeSpan.FromSeconds(2),
        Sessions = 5,
        Prompts = 40,
        TurnsEach = 5,
        FanOutTurns = 2,
        Injections = 500,
        Aborts = 10,
        HistoryReads = 10,
        HistoryTurns = 5,
        StalledProcesses = 1,
        Quiet = TimeSpan.FromSeconds(5),
        ManySessions = 2000,
        PageMessages = 1000,
        WarmUp = 100,
        DatabaseKills = 2,
        PricedRequests = 200,
        PacedTurns = 360,
        FeedTurns = 500,
        NewFiles = 2000,
        Rest = TimeSpan.FromSeconds(5),
        Limit = TimeSpan.FromMinutes(3),
    };
}
