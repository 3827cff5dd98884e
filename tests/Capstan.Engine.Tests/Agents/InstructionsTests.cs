using System.Net;
using Capstan.Engine.Agents;
using Capstan.Engine.Tests.Configuration;
using Xunit;

namespace Capstan.Engine.Tests.Agents;

public sealed class InstructionsTests : IDisposable
{
    private readonly ConfigSandbox sandbox = new();

    public void Dispose() => sandbox.Dispose();

    [Fact]
    public async Task Global_then_every_level_of_the_first_family_then_what_is_configured()
    {
        var global = sandbox.Write("home/.config/opencode/AGENTS.md", "global");
        sandbox.Write("home/.claude/CLAUDE.md", "not read: the first global file counts");
        var inner = sandbox.Write("repo/sub/AGENTS.md", "inner");
        var outer = sandbox.Write("repo/AGENTS.md", "outer");
        sandbox.Write("repo/CLAUDE.md", "not read: another family");
        var one = sandbox.Write("repo/docs/one.md", "one");
        var two = sandbox.Write("repo/sub/docs/deep/two.md", "two");
        var home = sandbox.Write("home/mine.md", "mine");
        sandbox.WriteProject("""{"instructions":["docs/**/*.md","~/mine.md","absent.md"]}""");
        var found = await Create().ReadAsync(CancellationToken.None);
        Assert.Equal([global, inner, outer, two, one, home], found.Select(instruction => instruction.Source));
        Assert.Equal(["global", "inner", "outer", "two", "one", "mine"], found.Select(instruction => instruction.Text));
    }

    [Fact]
    public async Task Files_of_Claude_Code_are_read_unless_switched_off()
    {
        sandbox.Write("home/.claude/CLAUDE.md", "a");
        sandbox.Write("repo/CLAUDE.md", "b");
        Assert.Equal(["a", "b"], (await Create().ReadAsync(CancellationToken.None)).Select(instruction => instruction.Text));
        sandbox.Variables["OPENCODE_DISABLE_CLAUDE_CODE"] = "true";
        Assert.Empty(await Create().ReadAsync(CancellationToken.None));
    }

    [Fact]
    public async Task A_changed_file_is_read_again()
    {
        sandbox.Write("repo/AGENTS.md", "old");
        var instructions = Create();
        Assert.Equal("old", Assert.Single(await instructions.ReadAsync(CancellationToken.None)).Text);
        sandbox.Write("repo/AGENTS.md", "newer");
        Assert.Equal("newer", Assert.Single(await instructions.ReadAsync(CancellationToken.None)).Text);
    }

    [Fact]
    public async Task Pages_are_fetched_once_and_failures_left_out()
    {
        sandbox.WriteProject("""{"instructions":["https://a.test/x","https://b.test/y"]}""");
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

    private Instructions Create(Func<HttpRequestMessage, HttpResponseMessage>? answer = null) => new(
        sandbox.Load(),
        sandbox.Paths,
        sandbox.Environment,
        sandbox.Inner,
        sandbox.Worktree,
        new HttpClient(new ScriptedHandler(answer ?? (_ => throw new InvalidOperationException("Nothing may be fetched.")))),
        TimeProvider.System);

    private sealed class ScriptedHandler(Func<HttpRequestMessage, HttpResponseMessage> answer) : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
            Task.FromResult(answer(request));
    }
}
