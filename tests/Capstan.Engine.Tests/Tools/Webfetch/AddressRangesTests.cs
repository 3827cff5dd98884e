using System.Net;
using Capstan.Engine.Tools.Webfetch;
using Xunit;

namespace Capstan.Engine.Tests.Tools.Webfetch;

public sealed class AddressRangesTests
{
    [Theory]
    [InlineData("93.184.216.34", "Public")]
    [InlineData("2606:2800:220:1::1", "Public")]
    [InlineData("172.15.255.255", "Public")]
    [InlineData("172.32.0.1", "Public")]
    [InlineData("::ffff:8.8.8.8", "Public")]
    [InlineData("64:ff9b::8.8.8.8", "Public")]
    [InlineData("127.0.0.1", "Local")]
    [InlineData("127.255.255.254", "Local")]
    [InlineData("0.0.0.0", "Local")]
    [InlineData("10.1.2.3", "Local")]
    [InlineData("172.16.0.1", "Local")]
    [InlineData("172.31.255.255", "Local")]
    [InlineData("192.168.1.1", "Local")]
    [InlineData("100.64.0.1", "Local")]
    [InlineData("198.18.0.1", "Local")]
    [InlineData("224.0.0.1", "Local")]
    [InlineData("255.255.255.255", "Local")]
    [InlineData("::", "Local")]
    [InlineData("::1", "Local")]
    [InlineData("::ffff:127.0.0.1", "Local")]
    [InlineData("::127.0.0.1", "Local")]
    [InlineData("64:ff9b::10.0.0.1", "Local")]
    [InlineData("2002:0a00:0001::1", "Local")]
    [InlineData("2001:0:1::1", "Local")]
    [InlineData("fd12:3456::1", "Local")]
    [InlineData("ff02::1", "Local")]
    [InlineData("169.254.169.254", "Refused")]
    [InlineData("169.254.0.1", "Refused")]
    [InlineData("::ffff:169.254.169.254", "Refused")]
    [InlineData("::169.254.169.254", "Refused")]
    [InlineData("64:ff9b::169.254.169.254", "Refused")]
    [InlineData("2002:a9fe:a9fe::1", "Refused")]
    [InlineData("fe80::1", "Refused")]
    [InlineData("fe80::1%3", "Refused")]
    [InlineData("febf::1", "Refused")]
    [InlineData("fd00:ec2::254", "Refused")]
    [InlineData("fd20:ce::254", "Refused")]
    [InlineData("100.100.100.200", "Refused")]
    [InlineData("::ffff:100.100.100.200", "Refused")]
    [InlineData("168.63.129.16", "Refused")]
    public void An_address_is_judged_by_where_it_leads_however_it_is_written(string address, string kind) =>
        Assert.Equal(kind, $"{AddressRanges.KindOf(IPAddress.Parse(address))}");
}
