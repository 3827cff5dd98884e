using System.Globalization;
using System.Text.RegularExpressions;

namespace Capstan.Engine.Turns;

/// <summary>The titles and slugs that the server gives to sessions.</summary>
internal static partial class SessionNames
{
    private const string Root = "New session - ";
    private const string Child = "Child session - ";

    private static readonly string[] Adjectives =
    [
        "amber", "ample", "brave", "brisk", "calm", "clear", "coral", "dusty", "eager", "early", "fair", "fleet", "gentle", "glad",
        "green", "hardy", "ivory", "jolly", "keen", "late", "light", "lunar", "mellow", "misty", "noble", "north", "pale", "plain",
        "quick", "quiet", "rapid", "royal", "sharp", "silver", "sound", "south", "spry", "steady", "stout", "sunny", "swift", "tidal",
        "trim", "vivid", "warm", "west", "wide", "windy",
    ];

    private static readonly string[] Nouns =
    [
        "anchor", "ballast", "barge", "beacon", "binnacle", "bollard", "bowline", "brig", "buoy", "cable", "canvas", "clipper",
        "compass", "cutter", "deck", "dinghy", "dock", "ferry", "galley", "gunwale", "halyard", "harbour", "hawser", "helm", "hull",
        "jetty", "keel", "ketch", "lantern", "ledger", "lugger", "mast", "mooring", "oar", "pier", "pilot", "quay", "rudder", "sail",
        "schooner", "sextant", "sloop", "spar", "tiller", "topsail", "wake", "wharf", "winch",
    ];

    /// <summary>
    /// The title of a session that nobody has named. Its form is OpenCode's; by this form <see cref="IsDefaultTitle"/> tells that
    /// the session still needs a title.
    /// </summary>
    public static string DefaultTitle(bool isChild, DateTimeOffset now) =>
        (isChild ? Child : Root) + now.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);

    /// <summary>Whether a title has the form of <see cref="DefaultTitle"/>.</summary>
    public static bool IsDefaultTitle(string title) => DefaultTitlePattern().IsMatch(title);

    /// <summary>A readable name for a session; the same identifier always gives the same name.</summary>
    public static string Slug(string sessionID)
    {
        // The name is made from the identifier, whose tail is random, so that identifiers stay the one source of chance.
        var hash = 0u;
        foreach (var character in sessionID)
            hash = (hash * 31) + character;
        return $"{Adjectives[hash % Adjectives.Length]}-{Nouns[hash / 64 % Nouns.Length]}";
    }

    [GeneratedRegex(@"^(New|Child) session - \d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$")]
    private static partial Regex DefaultTitlePattern();
}
