using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using Xunit;

namespace Capstan.Engine.Tests.Rooms;

/// <summary>
/// The engine's folders are rooms, and no two rooms know each other, neither directly nor through others: what is in one can be
/// understood, and changed, with those below it alone. A room knows another where one of its files names the other's namespace; the
/// build refuses usings that are not needed (IDE0005), so that these are the whole truth.
/// </summary>
public sealed partial class RoomTests
{
    [Fact]
    public void No_two_rooms_of_the_engine_know_each_other()
    {
        var rooms = Read();
        Assert.True(rooms.Count > 10, "The engine's folders were not found.");
        Assert.Contains("Storage", rooms["Turns"]);

        var cycles = rooms.Keys.Select(room => Path(rooms, room, room)).OfType<string>().ToList();

        Assert.True(cycles.Count == 0, $"These rooms know each other:\n{string.Join('\n', cycles)}");
    }

    [Fact]
    public void A_circle_of_rooms_is_found()
    {
        var rooms = new Dictionary<string, HashSet<string>> { ["A"] = ["B"], ["B"] = ["C"], ["C"] = ["B"] };

        Assert.Null(Path(rooms, "A", "A"));
        Assert.Equal("B -> C -> B", Path(rooms, "B", "B"));
    }

    /// <summary>A way from a room to another, or null.</summary>
    private static string? Path(Dictionary<string, HashSet<string>> rooms, string from, string to)
    {
        var seen = new HashSet<string>();
        var ways = new Queue<(string Room, string Way)>([(from, from)]);
        while (ways.TryDequeue(out var at))
        {
            foreach (var next in rooms.GetValueOrDefault(at.Room) ?? [])
            {
                if (next == to)
                    return $"{at.Way} -> {to}";
                if (seen.Add(next))
                    ways.Enqueue((next, $"{at.Way} -> {next}"));
            }
        }

        return null;
    }

    private static Dictionary<string, HashSet<string>> Read([CallerFilePath] string here = "")
    {
        var engine = new DirectoryInfo(System.IO.Path.Combine(here, "../../../../src/Capstan.Engine"));
        var rooms = engine.GetDirectories().Where(static folder => folder.Name is not ("bin" or "obj"));
        return rooms.ToDictionary(static room => room.Name, static room => room.EnumerateFiles("*.cs", SearchOption.AllDirectories)
            .SelectMany(static file => Namespaces().Matches(File.ReadAllText(file.FullName)))
            .Select(static match => match.Groups[1].Value)
            .Where(name => name != room.Name)
            .ToHashSet());
    }

    [GeneratedRegex(@"\bCapstan\.Engine\.([A-Z]\w*)")]
    private static partial Regex Namespaces();
}
