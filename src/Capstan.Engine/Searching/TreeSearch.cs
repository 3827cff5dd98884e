namespace Capstan.Engine.Searching;

/// <summary>
/// Searches several files at the same time, and returns the matches that a search of one file after another would find first.
/// Once the files up to some place in the order have enough matches, no file after that place is opened.
/// </summary>
/// <param name="pattern">What to search for.</param>
/// <param name="limit">How many lines are enough, in all files together.</param>
/// <param name="read">Makes the result from each line that matches.</param>
internal sealed class TreeSearch<T>(TextPattern pattern, int limit, LineReader<T> read)
{
    private readonly Lock _gate = new();
    private readonly SortedList<int, (string Path, List<T> Matches)> _found = [];
    private int _last = int.MaxValue;

    /// <param name="paths">The files, in the order in which their matches are returned.</param>
    /// <param name="cancellationToken">Stops the search.</param>
    public async Task<IReadOnlyList<(string Path, List<T> Matches)>> RunAsync(
        IEnumerable<string> paths, CancellationToken cancellationToken)
    {
        using var source = paths.GetEnumerator();
        var next = -1;
        var options = new ParallelOptions
        {
            CancellationToken = cancellationToken, MaxDegreeOfParallelism = Environment.ProcessorCount,
        };
        await Parallel.ForEachAsync(Enumerable.Range(0, Environment.ProcessorCount), options, (_, token) =>
        {
            var search = new FileSearch<T>(pattern, limit, read);
            while (Take() is var (index, path) && path is not null)
            {
                token.ThrowIfCancellationRequested();
                if (search.Search(path, token) is { Count: > 0 } matches)
                    Keep(index, path, matches);
            }

            return ValueTask.CompletedTask;
        });
        return [.. _found.Values];

        (int Index, string? Path) Take()
        {
            lock (_gate)
            {
                return next < _last && source.MoveNext() ? (++next, source.Current) : (0, null);
            }
        }
    }

    private void Keep(int index, string path, List<T> matches)
    {
        lock (_gate)
        {
            if (index > _last)
                return;
            _found.Add(index, (path, matches));
            var sum = 0;
            for (var i = 0; i < _found.Count; i++)
            {
                sum += _found.Values[i].Matches.Count;
                if (sum < limit)
                    continue;
                // The files up to this one have enough matches, so matches of files after
                // it in the order are dropped, even if they were found earlier.
                _last = _found.Keys[i];
                while (_found.Count > i + 1)
                    _found.RemoveAt(_found.Count - 1);
            }
        }
    }
}
