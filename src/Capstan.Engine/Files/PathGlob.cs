namespace Capstan.Engine.Files;

/// <summary>
/// A pattern over relative paths with the meaning that it has in an ignore file. A pattern without a slash matches a name at any
/// depth, one with a slash is anchored; <c>*</c> and <c>?</c> match within a name, <c>**</c> matches across directories. Matching
/// takes at most the product of both lengths, whatever the pattern.
/// </summary>
internal sealed class PathGlob
{
    private readonly string[] _segments;
    private readonly string? _suffix;
    private readonly bool _isLiteralName;
    private readonly bool _isName;

    private PathGlob(string pattern)
    {
        var anchored = pattern.StartsWith('/');
        var body = anchored ? pattern[1..] : pattern;
        _isName = !anchored && !body.Contains('/', StringComparison.Ordinal) && body != "**";
        _segments = _isName ? [body] : body.Split('/');
        if (_isName)
        {
            _isLiteralName = !HasSpecial(body);
            if (body.Length > 1 && body[0] == '*' && !HasSpecial(body.AsSpan(1)))
                _suffix = body[1..];
        }
    }

    public static PathGlob Parse(string pattern) => new(pattern);

    /// <summary>Whether a path matches.</summary>
    /// <param name="path">The path relative to the pattern's base directory, without a leading slash.</param>
    public bool IsMatch(ReadOnlySpan<char> path)
    {
        if (!_isName)
        {
            return MatchSegments(path);
        }

        var name = path[(path.LastIndexOf('/') + 1)..];
        return _isLiteralName ? name.SequenceEqual(_segments[0])
            : _suffix is not null ? name.EndsWith(_suffix)
            : GlobSegment.IsMatch(_segments[0], name);
    }

    // Only the last "**" is tried again at a later place: if the pattern
    // fails after it, a later place for an earlier "**" cannot help.
    private bool MatchSegments(ReadOnlySpan<char> path)
    {
        var (segment, position) = (0, 0);
        var (retrySegment, retryPosition) = (-1, 0);
        while (true)
        {
            if (segment < _segments.Length && _segments[segment] == "**")
            {
                if (segment == _segments.Length - 1)
                    // At the end of a pattern, "**" matches what is inside the directory, not the directory itself.
                    return position <= path.Length && (segment == 0 || position < path.Length);
                (retrySegment, retryPosition) = (++segment, position);
                continue;
            }

            if (position > path.Length)
            {
                if (segment == _segments.Length)
                    return true;
            }
            else if (segment < _segments.Length)
            {
                var length = path[position..].IndexOf('/');
                var name = length < 0 ? path[position..] : path.Slice(position, length);
                if (GlobSegment.IsMatch(_segments[segment], name))
                {
                    segment++;
                    position += name.Length + 1;
                    continue;
                }
            }

            if (retrySegment < 0 || retryPosition > path.Length)
                return false;
            var next = path[retryPosition..].IndexOf('/');
            if (next < 0)
                return false;
            retryPosition += next + 1;
            (segment, position) = (retrySegment, retryPosition);
        }
    }

    private static bool HasSpecial(ReadOnlySpan<char> text) => text.ContainsAny("*?[\\");
}
