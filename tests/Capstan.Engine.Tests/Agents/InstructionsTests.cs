using System.Net;
using Capstan.Engine.Agents;
using Capstan.Engine.Tests.Configuration;
using Xunit;

namespace Capstan.Engine.Tests.Agents;

public sealed class InstructionsTests : IDisposable
{
    private readonly ConfigSandbox _sandbox = new();

    public void Dispose() => _sandbox.Dispose();

    [Fact]
    public async Task Global_then_every_level_of_the_first_family_then_what_is_configured()
    {
        var global = _sandbox.Write("home/.config/opencode/AGENTS.md", "global");
        _sandbox.Write("home/.claude/CLAUDE.md", "not read: the first global file counts");
        var inner = _sandbox.Write("repo/sub/AGENTS.md", "inner");
        var outer = _sandbox.Write("repo/AGENTS.md", "outer");
        _sandbox.Write("repo/CLAUDE.md", "not read: another family");
        var one = _sandbox.Write("repo/docs/one.md", "one");
        var two = _sandbox.Write("repo/sub/docs/deep/two.md", "two");
        var home = _sandbox.Write("home/mine.md", "mine");
        _sandbox.WriteProject("""{"instructions":["docs/**/*.md","~/mine.md","absent.md"]}""");
        var found = await Create().ReadAsync(CancellationToken.None);
        Assert.Equal([global, inner, outer, two, one, home], found.Select(instruction => instruction.Source));
        Assert.Equal(["global", "inner", "outer", "two", "one", "mine"], found.Select(instruction => instruction.Text));
    }

    [Fact]
    public async Task Files_of_Claude_Code_are_read_unless_switched_off()
    {
        _sandbox.Write("home/.claude/CLAUDE.md", "a");
        _sandbox.Write("repo/CLAUDE.md", "b");
        Assert.Equal(["a", "b"], (await Create().ReadAsync(CancellationToken.None)).Select(instruction => instruction.Text));
        _sandbox.Variables["OPENCODE_DISABLE_CLAUDE_CODE"] = "true";
        Assert.Empty(await Create().ReadAsync(CancellationToken.None));
    }

    [Fact]
    public async Task A_changed_file_is_read_again()
    {
        _sandbox.Write("repo/AGENTS.md", "old");
        var instructions = Create();
        Assert.Equal("old", Assert.Single(await instructions.ReadAsync(CancellationToken.None)).Text);
        _sandbox.Write("repo/AGENTS.md", "newer");
        Assert.Equal("newer", Assert.Single(await instructions.ReadAsync(CancellationToken.None)).Text);
    }

    [Fact]
    public async Task Pages_are_fetched_once_and_failures_left_out()
    {
        _sandbox.WriteProject("""{"instructions":["https://a.test/x","https://b.test/y"]}""");
        var calls = 0;
        var instructions = Create(request =>
        {
            Interlocked.Increment(ref calls);
            return request.RequestUri!.Host == "a.test"
                ? new HttpResponseMessage(HttpStatusCode.OK) { Content = new StringContent("page") }
                : throw new HttpRequestException("no route");
        });
        for (var i = 0; i < 3; i++)
            Assert.Equal([new Instruction("https://a.test/x", "page")], await instructions.ReadAsync(CancellationToken.None));
        Assert.Equal(2, calls);
    }

    [Fact]
    public async Task An_address_that_holds_a_credential_is_not_fetched()
    {
        _sandbox.WriteProject("""{"instructions":["https://a.test/key-of-others","https://a.test/x"]}""");
        var asked = new List<string>();
        var instructions = Create(
            request =>
            {
                asked.Add(request.RequestUri!.AbsolutePath);
                return new HttpResponseMessage(HttpStatusCode.OK) { Content = new StringContent("page") };
            },
            holdsCredential: static address => address.Contains("key-of-others", StringComparison.Ordinal));
        Assert.Equal(["https://a.test/x"], (await instructions.ReadAsync(CancellationToken.None)).Select(instruction => instruction.Source));
        Assert.Equal(["/x"], asked);
    }

    [Fact]
    public async Task An_address_that_was_configured_outside_the_project_is_fetched_whatever_it_holds()
    {
        _sandbox.WriteGlobal("""{"instructions":["https://a.test/key-of-mine"]}""");
        var instructions = Create(
            static _ => new HttpResponseMessage(HttpStatusCode.OK) { Content = new StringContent("page") },
            holdsCredential: static address => address.Contains("key-of", StringComparison.Ordinal));
        Assert.Equal("page", Assert.Single(await instructions.ReadAsync(CancellationToken.None)).Text);
    }

    [Fact]
    public async Task A_page_that_takes_too_long_is_left_out_and_who_gives_up_is_told()
    {
        _sandbox.WriteProject("""{"instructions":["https://a.test/x"]}""");
        using var mine = new CancellationTokenSource();
        Assert.Empty(await Create(static _ => throw new TaskCanceledException("too long")).ReadAsync(mine.Token));
        var cancelled = Create(_ =>
        {
            mine.Cancel();
            throw new TaskCanceledException("given up");
        });
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => cancelled.ReadAsync(mine.Token).AsTask());
    }

    [Fact]
    public async Task Without_the_project_s_configuration_its_files_are_not_read_and_patterns_begin_at_the_user_s()
    {
        _sandbox.Write("repo/AGENTS.md", "of the project");
        _sandbox.Write("repo/notes.md", "of the project");
        var mine = _sandbox.Write("home/.config/opencode/notes.md", "mine");
        _sandbox.WriteGlobal("""{"instructions":["notes.md"]}""");
        Assert.Equal(2, (await Create().ReadAsync(CancellationToken.None)).Count);
        _sandbox.Variables["OPENCODE_DISABLE_PROJECT_CONFIG"] = "true";
        Assert.Equal(new Instruction(mine, "mine"), Assert.Single(await Create().ReadAsync(CancellationToken.None)));
    }

    [Fact]
    public async Task Two_stars_go_down_any_number_of_directories_and_one_star_goes_one()
    {
        var deep = _sandbox.Write("repo/docs/a/b/c/deep.md", "deep");
        var near = _sandbox.Write("repo/docs/a/near.md", "near");
        _sandbox.WriteProject("""{"instructions":["docs/**/*.md"]}""");
        Assert.Equal([deep, near], (await Create().ReadAsync(CancellationToken.None)).Select(instruction => instruction.Source));
        _sandbox.WriteProject("""{"instructions":["docs/*/*.md"]}""");
        Assert.Equal([near], (await Create().ReadAsync(CancellationToken.None)).Select(instruction => instruction.Source));
    }

    [Theory]
    [InlineData("**/*.md")]
    [InlineData("*/*/*/*/*/*/*/*/*/*/*/*/*/*/*/*/*/*/*/*/*/*/*/*/*/*/*/*/*/*/*/*/*/*/*/*/*/*/*/*/*.md")]
    public async Task R9_Links_that_lead_back_do_not_make_a_pattern_endless(string pattern)
    {
        var one = _sandbox.Write("repo/docs/one.md", "one");
        foreach (var name in (string[])["a", "b", "docs/c"])
            File.CreateSymbolicLink(Path.Combine(_sandbox.Worktree, name), _sandbox.Worktree);
        _sandbox.WriteProject($$"""{"instructions":["{{pattern}}"]}""");
        var found = await Create().ReadAsync(CancellationToken.None);
        Assert.Equal(pattern[1] == '*' ? [one] : [], found.Select(instruction => instruction.Source));
    }

    [Fact]
    public async Task Patterns_begin_anywhere_and_follow_links_to_other_places()
    {
        var beside = _sandbox.Write("shared/x/beside.md", "1");
        var near = _sandbox.Write("repo/a/x.md", "2");
        _sandbox.Write("elsewhere/deep/linked.md", "3");
        Directory.CreateSymbolicLink(Path.Combine(_sandbox.Worktree, "link"), Path.Combine(Path.GetDirectoryName(_sandbox.Worktree)!, "elsewhere"));
        _sandbox.WriteProject(
            $$"""{"instructions":["../shared/*/*.md", "*/x.md", "link/**/*.md", "{{_sandbox.Worktree}}/*/x.md", "{{_sandbox.Worktree}}/*.md"]}""");
        var found = await Create().ReadAsync(CancellationToken.None);
        Assert.Equal([beside, near, Path.Combine(_sandbox.Worktree, "link/deep/linked.md")], found.Select(instruction => instruction.Source));
    }

    [Fact]
    public async Task R9_No_more_than_200_files_are_read_and_it_is_said()
    {
        for (var i = 0; i < 210; i++)
            _sandbox.Write($"repo/docs/{i:000}.md", "x");
        _sandbox.WriteProject("""{"instructions":["docs/*.md"]}""");
        var said = new List<string>();
        var found = await Create(say: said.Add).ReadAsync(CancellationToken.None);
        Assert.Equal(200, found.Count);
        Assert.Contains("more than 200 files", Assert.Single(said), StringComparison.Ordinal);
    }

    [Fact]
    public async Task R9_What_goes_beyond_two_million_characters_is_left_out_and_it_is_said()
    {
        for (var i = 0; i < 3; i++)
            _sandbox.Write($"repo/docs/{i}.md", new string('x', 1_000_000));
        var small = _sandbox.Write("repo/docs/small.md", "small");
        _sandbox.WriteProject("""{"instructions":["docs/*.md"]}""");
        var said = new List<string>();
        var found = await Create(say: said.Add).ReadAsync(CancellationToken.None);
        Assert.Equal(["0.md", "1.md", "small.md"], found.Select(instruction => Path.GetFileName(instruction.Source)));
        Assert.Contains("docs/2.md", Assert.Single(said), StringComparison.Ordinal);
        Assert.Equal(small, found[2].Source);
    }

    private Instructions Create(
        Func<HttpRequestMessage, HttpResponseMessage>? answer = null,
        Action<string>? say = null,
        Func<string, bool>? holdsCredential = null) => new(
        _sandbox.Load(),
        _sandbox.Paths,
        _sandbox.Environment,
        _sandbox.Inner,
        _sandbox.Worktree,
        new HttpClient(new ScriptedHandler(answer ?? (_ => throw new InvalidOperationException("Nothing may be fetched.")))),
        TimeProvider.System,
        say,
        holdsCredential);

    private sealed class ScriptedHandler(Func<HttpRequestMessage, HttpResponseMessage> answer) : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
            Task.FromResult(answer(request));
    }
}
