using System.Diagnostics;
using Capstan.Testing.Stores;

namespace Capstan.Testing.Servers;

/// <summary>The built program as a process of its own, which can be killed at any instant and started again on the same data.</summary>
public sealed class CapstanProcess : ServerUnderTest, IAsyncDisposable
{
    private const string Listening = "opencode server listening on ";
    private static readonly TimeSpan SafetyNet = TimeSpan.FromSeconds(60);

    private readonly ServerHome _home;
    private readonly TestStore _store;
    private readonly CapstanProcessOptions _options;
    private readonly List<string> _output = [];
    private Process? _process;
    private HttpClient? _http;

    private CapstanProcess(string directory, ServerHome home, TestStore store, CapstanProcessOptions options)
    {
        Directory = directory;
        _home = home;
        _store = store;
        _options = options;
    }

    /// <inheritdoc/>
    public override HttpClient Http => _http!;

    /// <inheritdoc/>
    public override string Directory { get; }

    /// <summary>Where the server listens now.</summary>
    public Uri Address { get; private set; } = null!;

    /// <summary>The process's number.</summary>
    public int ID => _process!.Id;

    /// <summary>What the process has printed, standard error included.</summary>
    public string Output
    {
        get
        {
            lock (_output)
                return string.Join('\n', _output);
        }
    }

    /// <summary>The program's data directory.</summary>
    public string Data => Path.Combine(_home.Variables["XDG_DATA_HOME"], "capstan");

    /// <summary>What the program has written into its log file.</summary>
    public string ReadLog()
    {
        var path = Path.Combine(Data, "log", "capstan.log");
        return File.Exists(path) ? File.ReadAllText(path) : "";
    }

    /// <summary>Starts the program and returns once it listens.</summary>
    /// <param name="directory">The workspace that it is started in.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public static Task<CapstanProcess> StartAsync(string directory, CancellationToken cancellationToken = default) =>
        StartAsync(directory, new CapstanProcessOptions(), cancellationToken);

    /// <inheritdoc cref="StartAsync(string, CancellationToken)"/>
    /// <param name="directory">The workspace that it is started in.</param>
    /// <param name="options">Further options and variables.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public static async Task<CapstanProcess> StartAsync(
        string directory, CapstanProcessOptions options, CancellationToken cancellationToken = default)
    {
        var program = new CapstanProcess(directory, new ServerHome(), await TestStore.CreateAsync(cancellationToken), options);
        await program.StartAsync(cancellationToken);
        return program;
    }

    /// <summary>Starts the program on the data of the last time.</summary>
    /// <exception cref="InvalidOperationException">It ended before it listened; the message holds what it printed.</exception>
    public Task StartAsync(CancellationToken cancellationToken = default) => FreePort.UseAsync(async port =>
    {
        var start = BuiltProgram.Describe(Directory, ["serve", "--port", $"{port}", .. _options.Arguments], Variables);
        var process = new Process { StartInfo = start, EnableRaisingEvents = true };
        var listening = new TaskCompletionSource<Uri>(TaskCreationOptions.RunContinuationsAsynchronously);
        process.OutputDataReceived += (_, line) => Take(line.Data, listening);
        process.ErrorDataReceived += (_, line) => Take(line.Data, listening);
        process.Exited += (_, _) => listening.TrySetException(new IOException("The program ended before it listened."));
        process.Start();
        process.BeginOutputReadLine();
        if (!_options.IsSilent)
            process.BeginErrorReadLine();
        _process = process;
        try
        {
            Address = await listening.Task.WaitAsync(SafetyNet, cancellationToken);
        }
        catch (IOException)
        {
            // Its end is told apart from what it printed, and may come first.
            await process.WaitForExitAsync(cancellationToken).WaitAsync(SafetyNet, cancellationToken);
            if (!Output.Contains("address already in use", StringComparison.OrdinalIgnoreCase))
                throw new InvalidOperationException($"The program ended before it listened:\n{Output}");
            throw;
        }

        _http?.Dispose();
        _http = CreateClient(Address, Directory);
        return Address;
    });

    /// <summary>SIGKILL: the process gets no chance to do anything, and is gone when this returns.</summary>
    public async Task KillAsync(CancellationToken cancellationToken = default)
    {
        if (_process is not { } process)
            return;
        _process = null;
        process.Kill();
        await process.WaitForExitAsync(cancellationToken).WaitAsync(SafetyNet, cancellationToken);
        process.Dispose();
    }

    /// <summary>Starts a further program on the data of this one, which it does not own.</summary>
    /// <exception cref="InvalidOperationException">It ended before it listened; the message holds what it printed.</exception>
    public Task StartRivalAsync(CancellationToken cancellationToken = default) =>
        new CapstanProcess(Directory, _home, _store, _options).StartAsync(cancellationToken);

    /// <summary>Runs the program to its end, in the home of this one.</summary>
    public Task<ProgramRun> RunAsync(IReadOnlyList<string> arguments, CancellationToken cancellationToken = default) =>
        ProgramRun.ToEndAsync(Directory, arguments, Variables, cancellationToken: cancellationToken);

    /// <summary>Sends the process a signal.</summary>
    public void Send(ProcessSignal signal) => ProcessSignals.Send(ID, signal);

    /// <summary>Waits until the process has ended by itself, or by a signal sent to it, and returns its exit code.</summary>
    public async Task<int> EndedAsync(CancellationToken cancellationToken = default)
    {
        var process = _process!;
        await process.WaitForExitAsync(cancellationToken).WaitAsync(SafetyNet, cancellationToken);
        _process = null;
        using (process)
            return process.ExitCode;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await KillAsync();
        _http?.Dispose();
        await _store.DisposeAsync();
        _home.Dispose();
    }

    private void Take(string? line, TaskCompletionSource<Uri> listening)
    {
        if (line is null)
            return;
        lock (_output)
            _output.Add(line);
        if (line.StartsWith(Listening, StringComparison.Ordinal))
            listening.TrySetResult(new Uri(line[Listening.Length..]));
    }

    private Dictionary<string, string> Variables
    {
        get
        {
            var variables = _home.Variables;
            if (_store.Address is { } address)
                variables["CAPSTAN_STORE"] = address;
            foreach (var (name, value) in _options.Variables)
                variables[name] = value;
            return variables;
        }
    }
}
