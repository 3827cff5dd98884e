using System.Diagnostics;
using System.Globalization;
using System.Reflection;

namespace Capstan.Bench.Model;

/// <summary>The scripted model as a child of the benchmark; it ends when its standard input closes, so it never outlives it.</summary>
internal sealed class ModelProcess : IAsyncDisposable
{
    private readonly Process _process;

    private ModelProcess(Process process, Uri baseUrl)
    {
        _process = process;
        BaseUrl = baseUrl;
    }

    /// <summary>What a provider's <c>baseURL</c> is set to.</summary>
    public Uri BaseUrl { get; }

    /// <summary>Starts the model and waits for its port.</summary>
    public static async Task<ModelProcess> StartAsync(CancellationToken cancellation)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!) { RedirectStandardInput = true, RedirectStandardOutput = true };
        if (Path.GetFileNameWithoutExtension(start.FileName) == "dotnet")
            start.ArgumentList.Add(Assembly.GetExecutingAssembly().Location);
        start.ArgumentList.Add("model");
        var process = Process.Start(start) ?? throw new InvalidOperationException("The scripted model did not start.");
        var line = await process.StandardOutput.ReadLineAsync(cancellation)
            ?? throw new InvalidOperationException("The scripted model ended before it said its port.");
        var port = int.Parse(line, CultureInfo.InvariantCulture);
        return new ModelProcess(process, new Uri($"http://127.0.0.1:{port}/v1"));
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _process.StandardInput.Close();
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(5));
        await _process.WaitForExitAsync(patience.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (!_process.HasExited)
            _process.Kill();
        _process.Dispose();
    }
}
