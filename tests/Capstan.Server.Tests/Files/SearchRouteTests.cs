using System.Text;
using System.Text.Json;
using Capstan.Testing.Time;
using Xunit;

namespace Capstan.Server.Tests.Files;

/// <summary>Searches of people: what they find, in which order, how much of it, and what ends them.</summary>
public sealed class SearchRouteTests
{
    // Each line keeps this pattern busy for a while: after each "a" it has to remember where it was.
    private const string Slow = "[ab]*a[ab]{700}c";

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_line_is_found_with_its_place_and_the_places_in_it()
    {
        await using var server = await FilesServer.StartAsync(new Dictionary<string, string> { ["dir/a.txt"] = "erste Zeile\nü Nadel, nadel und Nadel\r\n" });

        var match = Assert.Single((await server.GetAsync("/find?pattern=Nadel")).EnumerateArray());

        Assert.Equal("""{"text":"dir/a.txt"}""", match.GetProperty("path").GetRawText());
        Assert.Equal("ü Nadel, nadel und Nadel\r\n", match.GetProperty("lines").GetProperty("text").GetString());
        Assert.Equal((2, 12), (match.GetProperty("line_number").GetInt32(), match.GetProperty("absolute_offset").GetInt32()));
        var expected = """[{"match":{"text":"Nadel"},"start":3,"end":8},{"match":{"text":"Nadel"},"start":20,"end":25}]""";
        Assert.Equal(expected, match.GetProperty("submatches").GetRawText());
        // An expression says the same of the line as the plain text does.
        var same = Assert.Single((await server.GetAsync("/find?pattern=N%5Ba-e%5Ddel")).EnumerateArray());
        Assert.Equal(expected, same.GetProperty("submatches").GetRawText());
        Assert.Equal(12, same.GetProperty("absolute_offset").GetInt32());
    }

    [Fact]
    public async Task The_first_ten_lines_are_found_by_the_paths_of_their_files()
    {
        await using var server = await FilesServer.StartAsync();
        foreach (var name in new[] { "c", "a", "b" })
            server.Write($"{name}.txt", string.Concat(Enumerable.Repeat("needle\n", 4)));

        var found = (await server.GetAsync("/find?pattern=needle")).EnumerateArray()
            .Select(static match => (match.GetProperty("path").GetProperty("text").GetString(), match.GetProperty("line_number").GetInt32()));

        Assert.Equal(
            [("a.txt", 1), ("a.txt", 2), ("a.txt", 3), ("a.txt", 4), ("b.txt", 1), ("b.txt", 2), ("b.txt", 3), ("b.txt", 4), ("c.txt", 1), ("c.txt", 2)],
            found);
    }

    [Fact]
    public async Task Neither_ignored_nor_binary_files_nor_links_nor_git_are_searched_but_hidden_files_are()
    {
        await using var server = await FilesServer.StartAsync(new Dictionary<string, string> { [".gitignore"] = "*.log\n" });
        foreach (var path in new[] { "x.log", ".hidden/h.txt", ".git/needle.txt" })
            server.Write(path, "needle\n");
        server.Write("binary", "needle\0"u8.ToArray());
        server.Link("directory", server.Outside);
        server.Link("file", Path.Combine(server.Outside, "secret.txt"));

        Assert.Equal([".hidden/h.txt"], (await server.GetAsync("/find?pattern=needle")).EnumerateArray()
            .Select(static match => match.GetProperty("path").GetProperty("text").GetString()));
    }

    [Fact]
    public async Task Long_lines_and_many_places_are_cut()
    {
        await using var server = await FilesServer.StartAsync();
        server.Write("long.txt", new string('a', 100_000) + "€b" + new string('c', 100_000));

        var many = (await server.GetAsync("/find?pattern=a"))[0];
        var whole = (await server.GetAsync("/find?pattern=a%2B"))[0];

        Assert.Equal(256, many.GetProperty("submatches").GetArrayLength());
        Assert.Equal(16 * 1024, many.GetProperty("lines").GetProperty("text").GetString()!.Length);
        var place = Assert.Single(whole.GetProperty("submatches").EnumerateArray());
        Assert.Equal(16 * 1024, place.GetProperty("match").GetProperty("text").GetString()!.Length);
        Assert.Equal(100_000, place.GetProperty("end").GetInt32());
        server.Write("wide.txt", new string('€', 10_000) + "needle");
        var wide = (await server.GetAsync("/find?pattern=needle"))[0];
        Assert.Equal(new string('€', 16 * 1024 / 3), wide.GetProperty("lines").GetProperty("text").GetString());
        Assert.Equal(30_000, wide.GetProperty("submatches")[0].GetProperty("start").GetInt32());
        // What lies behind the part that is shown is found all the same.
        Assert.Equal(100_003, (await server.GetAsync("/find?pattern=b"))[0].GetProperty("submatches")[0].GetProperty("start").GetInt32());
    }

    [Theory]
    [InlineData("/find?pattern=(", "not a valid regular expression", "pattern")]
    [InlineData("/find?pattern=a(%3F%3Db)", "lookarounds", "pattern")]
    [InlineData("/find", "Missing key", "pattern")]
    [InlineData("/find/file", "Missing key", "query")]
    [InlineData("/find/symbol", "Missing key", "query")]
    [InlineData("/find/file?query=a&limit=0", "from 1 to 200", "limit")]
    [InlineData("/find/file?query=a&limit=201", "from 1 to 200", "limit")]
    [InlineData("/find/file?query=a&limit=x", "from 1 to 200", "limit")]
    [InlineData("/find/file?query=a&limit=1.5", "from 1 to 200", "limit")]
    [InlineData("/find/file?query=a&dirs=x", "\"true\" | \"false\"", "dirs")]
    [InlineData("/find/file?query=a&type=link", "\"file\" | \"directory\"", "type")]
    public async Task Wrong_parameters_are_refused_with_what_is_wrong_and_where(string path, string what, string where)
    {
        await using var server = await FilesServer.StartAsync();

        await server.RefusesAsync(path, what, where);
    }

    [Fact]
    public async Task Long_patterns_and_queries_are_refused()
    {
        await using var server = await FilesServer.StartAsync();

        Assert.Contains("longer than 2000", await server.RefusedAsync("/find?pattern=" + new string('a', 2001)), StringComparison.Ordinal);
        Assert.Contains("longer than 256", await server.RefusedAsync("/find/file?query=" + new string('a', 257)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Files_and_directories_are_found_as_they_are_asked_for()
    {
        await using var server = await FilesServer.StartAsync(new Dictionary<string, string>
        {
            [".gitignore"] = "*.log\nout/\n", ["src/main.cs"] = "", ["lib/src.txt"] = "", ["srcs/deep/other"] = "",
        });
        server.Write("src.log", "");
        server.Write("out/src.cs", "");
        server.Link("src.link", "src/main.cs");
        server.Link("src.out", server.Outside);

        Assert.Equal(["src/", "srcs/", "lib/src.txt", "srcs/deep/", "src/main.cs", "srcs/deep/other"], await NamesAsync(server, "query=src"));
        Assert.Equal(["lib/src.txt", "src/main.cs", "srcs/deep/other"], await NamesAsync(server, "query=SRC&dirs=false"));
        Assert.Equal(["lib/src.txt", "src/main.cs", "srcs/deep/other"], await NamesAsync(server, "query=src&type=file"));
        Assert.Equal(["src/", "srcs/", "srcs/deep/"], await NamesAsync(server, "query=src&type=directory&dirs=false"));
        Assert.Equal(["src/", "srcs/"], await NamesAsync(server, "query=src&limit=2"));
        Assert.Equal([".gitignore"], await NamesAsync(server, "query=.git"));
        Assert.Empty(await NamesAsync(server, "query=secret"));
        Assert.Equal(["lib/", "src/", "srcs/", ".gitignore"], await NamesAsync(server, "query=&limit=4"));
    }

    [Fact]
    public async Task Ten_names_are_found_where_nobody_says_how_many_and_200_at_most()
    {
        await using var server = await FilesServer.StartAsync();
        for (var i = 0; i < 201; i++)
            server.Write($"many/{i:000}.txt", "");

        Assert.Equal(10, (await NamesAsync(server, "query=txt")).Count);
        Assert.Equal(200, (await NamesAsync(server, "query=txt&limit=200")).Count);
    }

    [Fact]
    public async Task There_are_no_symbols_without_language_servers()
    {
        await using var server = await FilesServer.StartAsync();

        Assert.Equal("[]", (await server.GetAsync("/find/symbol?query=Main")).GetRawText());
    }

    [Fact]
    public async Task Searches_stay_in_the_directory_that_the_request_names()
    {
        await using var server = await FilesServer.StartAsync(new Dictionary<string, string> { ["sub/in.txt"] = "needle\n", ["top.txt"] = "needle\n" });
        var sub = server.Server.Workspace.PathOf("sub");

        Assert.Equal("in.txt", Assert.Single((await server.GetAsync("/find?pattern=needle", sub)).EnumerateArray()).GetProperty("path").GetProperty("text").GetString());
        Assert.Equal("""["in.txt"]""", (await server.GetAsync("/find/file?query=", sub)).GetRawText());
    }

    [Fact]
    public async Task A_search_that_takes_too_long_is_stopped_and_says_so()
    {
        var time = new FakeTime();
        await using var server = await FilesServer.StartAsync(time: time);
        WriteSlowLines(server);

        var search = server.RefusedAsync($"/find?pattern={Uri.EscapeDataString(Slow)}");
        await time.PassAsync(time.GetUtcNow().AddSeconds(30), Cancelled);

        Assert.Contains("took longer than 30 s", await search, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_search_of_a_client_that_leaves_is_stopped()
    {
        var time = new FakeTime();
        await using var server = await FilesServer.StartAsync(time: time);
        WriteSlowLines(server);
        server.Write("quick.txt", "needle\n");

        // Four searches run at a time. As long as one of these went on, it would keep one of the places.
        for (var i = 0; i < 8; i++)
        {
            using var leave = CancellationTokenSource.CreateLinkedTokenSource(Cancelled);
            var search = server.Server.Http.GetAsync(new Uri($"/find?pattern={Uri.EscapeDataString(Slow)}", UriKind.Relative), leave.Token);
            // The limit of each search is its own, so that its timer says that this very search has begun.
            await time.TimerAsync(due => due == time.GetUtcNow().AddSeconds(30), Cancelled);
            await leave.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => search);
            time.Advance(TimeSpan.FromMilliseconds(1));
        }

        Assert.Single((await server.GetAsync("/find?pattern=needle")).EnumerateArray());
    }

    private static void WriteSlowLines(FilesServer server)
    {
        var random = new Random(1);
        var lines = new StringBuilder();
        for (var line = 0; line < 2_000; line++)
        {
            // The pattern needs a "c", so that lines without one would be skipped.
            lines.Append('c');
            for (var i = 0; i < 4_000; i++)
                lines.Append(random.Next(2) == 0 ? 'a' : 'b');
            lines.Append('\n');
        }

        server.Write("slow.txt", lines.ToString());
    }

    private static async Task<List<string>> NamesAsync(FilesServer server, string query) =>
        [.. (await server.GetAsync($"/find/file?{query}")).EnumerateArray().Select(static name => name.GetString()!).Where(static name => name != "opencode.json")];
}
