using System.Net;
using System.Net.Sockets;
using Capstan.Server.Security;
using Capstan.Testing.Servers;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace Capstan.Server.Tests.Security;

public sealed class ListenTests
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("no-such-name.invalid", "does not resolve")]
    [InlineData("192.0.2.1", "not an address of this machine")]
    [InlineData("2001:db8::1", "not an address of this machine")]
    [InlineData("not a name", "does not resolve")]
    public async Task A_hostname_that_is_not_of_this_machine_is_refused(string hostname, string reason)
    {
        var refusal = await Assert.ThrowsAsync<InvalidOperationException>(() => ListenAddresses.FindAsync(hostname, Cancelled));

        Assert.Contains($"Cannot listen on {hostname}", refusal.Message, StringComparison.Ordinal);
        Assert.Contains(reason, refusal.Message, StringComparison.Ordinal);
        Assert.EndsWith(
            ". Give --hostname an address of this machine, 127.0.0.1 for this machine alone, or 0.0.0.0 for every network that it is in.",
            refusal.Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_name_is_listened_on_where_it_leads()
    {
        // Not the name with a meaning of its own, which is written small, but one that is looked up.
        var addresses = await ListenAddresses.FindAsync("LOCALHOST", Cancelled);

        Assert.NotEmpty(addresses);
        Assert.All(addresses, static address => Assert.True(IPAddress.IsLoopback(address)));
    }

    [Theory]
    [InlineData("127.0.0.1", "127.0.0.1")]
    [InlineData("127.0.0.5", "127.0.0.5")]
    [InlineData("0.0.0.0", "0.0.0.0")]
    public async Task An_address_is_listened_on_as_it_is(string hostname, string address) =>
        Assert.Equal([IPAddress.Parse(address)], await ListenAddresses.FindAsync(hostname, Cancelled));

    [Fact]
    public async Task The_server_does_not_listen_for_such_a_hostname()
    {
        await using var server = await TestServer.StartAsync(cancellationToken: Cancelled);
        var options = new ServerOptions { Version = "0", Hostname = "no-such-name.invalid", Password = "secret" };

        await Assert.ThrowsAsync<InvalidOperationException>(
            () => CapstanServer.StartAsync(server.Engine, options, NullLoggerFactory.Instance, Cancelled));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Localhost_is_both_families_on_one_port(bool anyPort)
    {
        Assert.SkipUnless(Socket.OSSupportsIPv6, "This machine has no IPv6.");
        await using var server = await TestServer.StartAsync(
            new() { Server = options => options with { Hostname = "localhost", Port = anyPort ? 0 : options.Port } }, Cancelled);

        foreach (var address in new[] { "127.0.0.1", "[::1]" })
        {
            using var response = await server.Http.GetAsync($"http://{address}:{server.Address.Port}/global/health", Cancelled);
            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        }
    }
}
