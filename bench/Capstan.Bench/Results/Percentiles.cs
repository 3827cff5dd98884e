namespace Capstan.Bench.Results;

/// <summary>Nearest-rank percentiles of a set of samples.</summary>
internal sealed class Percentiles
{
    private readonly double[] _sorted;

    /// <summary>Sorts a copy of the samples; there must be at least one.</summary>
    public Percentiles(IEnumerable<double> samples)
    {
        _sorted = [.. samples.Order()];
        if (_sorted.Length == 0)
            throw new ArgumentException("No sample was taken.", nameof(samples));
    }

    /// <summary>How many samples there are.</summary>
    public int Count => _sorted.Length;

    /// <summary>The middle.</summary>
    public double Median => At(50);

    /// <summary>The smallest sample that at least <paramref name="percent"/> of all do not exceed.</summary>
    public double At(double percent) => _sorted[Math.Clamp((int)Math.Ceiling(percent / 100 * _sorted.Length) - 1, 0, _sorted.Length - 1)];
}
