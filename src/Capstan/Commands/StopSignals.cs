using System.Runtime.InteropServices;

namespace Capstan.Commands;

/// <summary>
/// The signals that end the server: the first asks it to stop, and the second makes it stop without further delay.
/// </summary>
internal sealed class StopSignals : IDisposable
{
    private readonly CancellationTokenSource _asked = new();
    private readonly CancellationTokenSource _atOnce = new();
    private readonly PosixSignalRegistration[] _registrations;
    private int _count;

    /// <summary>Begins to listen for signals.</summary>
    public StopSignals() => _registrations =
        [PosixSignalRegistration.Create(PosixSignal.SIGTERM, Take), PosixSignalRegistration.Create(PosixSignal.SIGINT, Take)];

    /// <summary>Cancelled by the first signal.</summary>
    public CancellationToken Asked => _asked.Token;

    /// <summary>Cancelled by the second signal.</summary>
    public CancellationToken AtOnce => _atOnce.Token;

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var registration in _registrations)
            registration.Dispose();
        _asked.Dispose();
        _atOnce.Dispose();
    }

    private void Take(PosixSignalContext context)
    {
        // The system must not end the process; the program ends by itself.
        context.Cancel = true;
        // The callbacks must not run in this method: they may take long, and further signals must be heard meanwhile.
        _ = (Interlocked.Increment(ref _count) == 1 ? _asked : _atOnce).CancelAsync();
    }
}
