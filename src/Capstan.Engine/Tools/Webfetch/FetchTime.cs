using System.Globalization;
using System.Net.Sockets;

namespace Capstan.Engine.Tools.Webfetch;

/// <summary>The time that a call may spend on the network. While a person is asked, no time passes.</summary>
internal sealed class FetchTime(TimeProvider time, TimeSpan limit)
{
    private TimeSpan _spent;

    /// <summary>Does something on the network.</summary>
    /// <exception cref="ToolException">The time is over.</exception>
    public async Task<T> SpendAsync<T>(Func<CancellationToken, Task<T>> work, CancellationToken cancellationToken)
    {
        var left = limit - _spent;
        using var over = new CancellationTokenSource(left > TimeSpan.Zero ? left : TimeSpan.Zero, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, over.Token);
        var began = time.GetTimestamp();
        try
        {
            return await work(either.Token);
        }
        catch (Exception failure) when (failure is OperationCanceledException or HttpRequestException or IOException or SocketException
            && over.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw new ToolException(
                string.Create(CultureInfo.InvariantCulture, $"The page took longer than {limit.TotalSeconds:0.###} s. ")
                + "If it needs more, call again with a larger timeout, in seconds; 120 at the most.",
                failure);
        }
        finally
        {
            _spent += time.GetElapsedTime(began);
        }
    }
}
