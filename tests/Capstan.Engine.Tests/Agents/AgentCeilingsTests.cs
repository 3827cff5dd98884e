using Capstan.Contract;
using Capstan.Engine.Agents;
using Capstan.Engine.Permissions;
using Capstan.Engine.Tests.Configuration;
using Xunit;

namespace Capstan.Engine.Tests.Agents;

/// <summary>What the rules of a restricted project can do to those that hold without it: narrow them, never widen them (R10).</summary>
public sealed class AgentCeilingsTests : IDisposable
{
    private readonly ConfigSandbox _sandbox = new();

    public void Dispose() => _sandbox.Dispose();

    [Theory]
    // Outside, in the project, agent, permission, pattern, what becomes of it.
    [InlineData("""{"permission":{"bash":"ask"}}""", """{"permission":{"bash":"allow"}}""", "build", "bash", "ls", "Ask")]
    [InlineData("""{"permission":{"bash":"deny"}}""", """{"permission":{"bash":"allow"}}""", "build", "bash", "ls", "Deny")]
    [InlineData("""{"permission":{"bash":"deny"}}""", """{"permission":{"bash":"ask"}}""", "build", "bash", "ls", "Deny")]
    [InlineData("""{"permission":{"bash":{"*":"ask","ls":"allow"}}}""", """{"permission":{"bash":{"*":"allow"}}}""", "build", "bash", "rm", "Ask")]
    [InlineData("""{"permission":{"bash":{"*":"ask","ls":"allow"}}}""", """{"permission":{"*":"allow"}}""", "build", "bash", "ls", "Allow")]
    [InlineData("""{"permission":"ask"}""", """{"permission":"allow"}""", "build", "edit", "x", "Ask")]
    [InlineData("""{"permission":{"bash":"ask"}}""", """{"agent":{"build":{"permission":{"bash":"allow"}}}}""", "build", "bash", "ls", "Ask")]
    [InlineData("""{"agent":{"build":{"permission":{"bash":"deny"}}}}""", """{"agent":{"build":{"permission":{"bash":"allow"}}}}""", "build", "bash", "ls", "Deny")]
    [InlineData("""{"tools":{"bash":false}}""", """{"tools":{"bash":true}}""", "build", "bash", "ls", "Deny")]
    [InlineData("""{"permission":{"bash":"ask"}}""", """{"agent":{"theirs":{"permission":"allow"}}}""", "theirs", "bash", "ls", "Ask")]
    // What every agent asks for by itself is asked for in a restricted project.
    [InlineData("""{}""", """{"permission":{"external_directory":"allow"}}""", "build", "external_directory", "/etc/*", "Ask")]
    [InlineData("""{}""", """{"permission":{"read":"allow"}}""", "build", "read", ".env", "Ask")]
    [InlineData("""{}""", """{"agent":{"theirs":{"permission":{"*":"allow"}}}}""", "theirs", "external_directory", "/etc/*", "Ask")]
    [InlineData("""{}""", """{"agent":{"plan":{"permission":{"edit":"allow"}}}}""", "plan", "edit", "x", "Deny")]
    // Under the name of another agent.
    [InlineData("""{}""", """{"agent":{"zz":{"name":"plan","permission":{"edit":"allow"}}}}""", "plan", "edit", "x", "Deny")]
    [InlineData("""{"agent":{"safe":{"permission":{"bash":"deny"}}}}""", """{"agent":{"safe":{"name":"other","permission":{"bash":"allow"}}}}""", "other", "bash", "ls", "Deny")]
    // The project's own word counts where it is the stricter.
    [InlineData("""{"permission":{"bash":"allow"}}""", """{"permission":{"bash":"ask"}}""", "build", "bash", "ls", "Ask")]
    [InlineData("""{"permission":{"bash":"ask"}}""", """{"permission":{"bash":"deny"}}""", "build", "bash", "ls", "Deny")]
    [InlineData("""{}""", """{}""", "build", "bash", "ls", "Allow")]
    public void The_strictest_counts(string outside, string project, string agent, string permission, string pattern, string action)
    {
        _sandbox.WriteGlobal("""{"capstan":{"projects":"restricted"},""" + outside[1..].Replace(",}", "}", StringComparison.Ordinal));
        if (outside == "{}")
            _sandbox.WriteGlobal("""{"capstan":{"projects":"restricted"}}""");
        _sandbox.WriteProject(project);

        Assert.Equal(Enum.Parse<PermissionAction>(action), Decide(agent, permission, pattern));
    }

    [Fact]
    public void A_trusted_project_has_the_last_word_as_in_OpenCode()
    {
        _sandbox.WriteGlobal("""{"permission":{"bash":"deny"}}""");
        _sandbox.WriteProject("""{"permission":{"bash":"allow"}}""");

        Assert.Equal(PermissionAction.Allow, Decide("build", "bash", "ls"));
        Assert.Empty(Build().CeilingsOf(Build().Find("build")!));
    }

    [Fact]
    public void What_people_said_of_the_session_comes_after_all_rules()
    {
        _sandbox.WriteGlobal("""{"capstan":{"projects":"restricted"},"permission":{"bash":"ask"}}""");
        _sandbox.WriteProject("""{"permission":{"bash":"deny"}}""");
        PermissionRule[] approved = [new("bash", "ls", PermissionAction.Allow)];
        PermissionRule[] session = [new("bash", "*", PermissionAction.Deny)];

        Assert.Equal(PermissionAction.Allow, Decide("build", "bash", "ls", [], approved));
        Assert.Equal(PermissionAction.Deny, Decide("build", "bash", "rm", [], approved));
        Assert.Equal(PermissionAction.Deny, Decide("build", "bash", "rm", session, approved));
        Assert.Equal(PermissionAction.Allow, Decide("build", "bash", "ls", session, approved));
    }

    private PermissionAction Decide(string agent, string permission, string pattern, params ReadOnlySpan<IReadOnlyList<PermissionRule>> later)
    {
        var agents = Build();
        var info = agents.Find(agent)!;
        return PermissionRuleset.Decide(new PermissionAsk(permission, [pattern], [], []), agents.CeilingsOf(info), info.Permission, later);
    }

    private AgentCatalogue Build() => AgentCatalogue.Build(_sandbox.Load(), _sandbox.Paths, _sandbox.Worktree);
}
