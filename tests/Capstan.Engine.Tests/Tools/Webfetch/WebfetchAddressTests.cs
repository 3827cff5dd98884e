using System.Net;
using Capstan.Contract;
using Capstan.Engine.Permissions;
using Microsoft.AspNetCore.Http;
using Xunit;

namespace Capstan.Engine.Tests.Tools.Webfetch;

/// <summary>Which addresses pages may be fetched from.</summary>
public sealed class WebfetchAddressTests : WebfetchTest
{
    private static readonly PermissionRule Everything = new("*", "*", PermissionAction.Allow);

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("[::ffff:127.0.0.1]")]
    [InlineData("2130706433")]
    [InlineData("pages.test")]
    public async Task This_machine_is_asked_for_however_its_address_is_written_although_everything_is_allowed(string host)
    {
        await using var server = await PageServer.StartAsync(Cancel);
        Names["pages.test"] = [IPAddress.Loopback];
        Decide(Everything, new("webfetch", "*", PermissionAction.Allow), new("webfetch", "http*", PermissionAction.Allow));

        Assert.Equal("Ask 127.0.0.1", await RefusalAsync(server.Url("/x", host)));

        Assert.Empty(server.Requests);
        Assert.Equal(["127.0.0.1"], Context.Asks[^1].Patterns);
        Assert.Equal(["127.0.0.1"], Context.Asks[^1].Always);
        Assert.Equal("127.0.0.1", (string?)Context.Asks[^1].Metadata["address"]);
    }

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("127.0.0.*")]
    [InlineData("localhost")]
    public async Task A_rule_thatNames_this_machine_allows_it(string pattern)
    {
        await using var server = await PageServer.StartAsync(Cancel);
        Decide(Everything, new("webfetch", pattern, PermissionAction.Allow), new("webfetch", "*", PermissionAction.Allow));
        Assert.Equal("hello", (await FetchAsync(server.Url("/x"))).Output);
    }

    [Theory]
    [InlineData("169.254.169.254")]
    [InlineData("[fe80::1]")]
    [InlineData("[fd00:ec2::254]")]
    [InlineData("100.100.100.200")]
    [InlineData("[::ffff:169.254.169.254]")]
    [InlineData("metadata.test")]
    public async Task What_hands_out_credentials_is_refused_and_nobody_is_asked(string host)
    {
        Names["metadata.test"] = [IPAddress.Parse("169.254.169.254")];
        Decide(Everything);
        Assert.StartsWith("Deny ", await RefusalAsync($"http://{host}/latest/"), StringComparison.Ordinal);
        Assert.Contains("It was not fetched", Context.Asks[^1].Refusal, StringComparison.Ordinal);
        Decide(new PermissionRule("*", "*", PermissionAction.Ask));
        Assert.StartsWith("Ask http://", await RefusalAsync($"http://{host}/latest/"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_redirect_to_another_address_is_judged_anew()
    {
        await using var server = await PageServer.StartAsync(Cancel);
        Names["elsewhere.test"] = [IPAddress.Parse("127.0.0.2")];
        Names["metadata.test"] = [IPAddress.Parse("169.254.169.254")];
        Decide(Everything, new("webfetch", "127.0.0.1", PermissionAction.Allow));
        var target = "elsewhere.test";
        server.Answer = http =>
        {
            http.Response.Redirect($"http://{target}:{server.Port}/secret");
            return Task.CompletedTask;
        };
        Assert.Equal("Ask 127.0.0.2", await RefusalAsync(server.Url("/x")));
        target = "metadata.test";
        Assert.Equal("Deny 169.254.169.254", await RefusalAsync(server.Url("/x")));
        Assert.Equal(["127.0.0.1/x", "127.0.0.1/x"], server.Requests);
    }

    [Fact]
    public async Task A_rule_about_an_address_of_a_page_holds_for_redirects_and_for_other_ways_of_writing_it()
    {
        await using var server = await PageServer.StartAsync(Cancel);
        Decide(Everything, new("webfetch", "127.0.0.*", PermissionAction.Allow), new("webfetch", server.Url("/secret*"), PermissionAction.Deny));
        server.Answer = static http =>
        {
            http.Response.Redirect("/secret");
            return Task.CompletedTask;
        };
        Assert.StartsWith("Deny ", await RefusalAsync(server.Url("/x")), StringComparison.Ordinal);
        Assert.StartsWith("Deny ", await RefusalAsync(server.Url("/a/../secret").Replace("http:", "HTTP:", StringComparison.Ordinal)), StringComparison.Ordinal);
        Assert.Equal(["127.0.0.1/x"], server.Requests);
    }

    [Fact]
    public async Task A_name_that_leads_elsewhere_by_the_time_of_the_answer_changes_nothing()
    {
        await using var server = await PageServer.StartAsync(Cancel);
        Names["rebound.test"] = [IPAddress.Parse("127.0.0.2")];
        Context.Answer = _ =>
        {
            if (Resolved.Count > 0)
                Names["rebound.test"] = [IPAddress.Loopback];
            return Task.CompletedTask;
        };
        await FetchAsync(server.Url("/x", "rebound.test"));
        Assert.Equal(["127.0.0.2/x"], server.Requests);
        Assert.Equal(["rebound.test"], Resolved);
        Assert.Equal("127.0.0.2", Context.Asks[^1].Patterns[0]);
    }

    [Fact]
    public async Task The_next_address_of_a_host_is_tried_and_asked_for_where_the_first_does_not_answer()
    {
        await using var server = await PageServer.StartAsync(Cancel);
        Names["two.test"] = [IPAddress.Parse("127.0.0.3"), IPAddress.Parse("127.0.0.2")];
        Assert.Equal("hello", (await FetchAsync(server.Url("/x", "two.test"))).Output);
        Assert.Equal(["127.0.0.3", "127.0.0.2"], Context.Asks.Skip(1).Select(static ask => ask.Patterns[0]));
    }

    [Fact]
    public async Task A_proxy_is_used_and_what_a_name_leads_to_here_is_asked_for_all_the_same()
    {
        await using var server = await PageServer.StartAsync(Cancel);
        Names["inner.test"] = [IPAddress.Parse("10.0.0.1")];
        var proxy = new WebProxy(new Uri(server.Url("/")));
        Assert.Equal("hello", (await FetchAsync("http://inner.test/x", tool: Tool(proxy))).Output);
        Assert.Equal(["http://inner.test/x", "10.0.0.1"], Context.Asks.Select(static ask => ask.Patterns[0]));
        Assert.Equal(["127.0.0.1/x"], server.Requests);
    }

    /// <summary>Decides as the desk would, with nobody there to ask.</summary>
    private void Decide(params PermissionRule[] rules) => Context.Answer = ask =>
        PermissionRuleset.Decide(ask, [rules]) is var decision && decision == PermissionAction.Allow
            ? Task.CompletedTask
            : throw new PermissionRefusedException($"{decision} {ask.Patterns[0]}");

    private async Task<string> RefusalAsync(string url) =>
        (await Assert.ThrowsAsync<PermissionRefusedException>(() => FetchAsync(url))).Message;
}
