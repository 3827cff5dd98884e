namespace Capstan.Bench.Results;

/// <summary>The rows of one kind of request: how long it takes, and what processor time it costs.</summary>
internal sealed class PricedRows(string title)
{
    private readonly Row _median = new($"{title}, p50", "ms");
    private readonly ProcessorRows _processor = new($"{title}: processor time");

    /// <summary>All of the rows.</summary>
    public IReadOnlyList<Row> Rows => [_median, .. _processor.Rows];

    /// <summary>The figures of one server.</summary>
    /// <param name="price">What was measured.</param>
    /// <param name="what">What the requests are, in the plural, such as <c>lists</c>.</param>
    public IEnumerable<Figure> Figures(Price price, string what)
    {
        var samples = $"{price.Times.Count:#,0} {what}";
        return [new Figure(_median, price.Times.Median, samples), .. _processor.Figures(price.Processor, samples)];
    }
}
