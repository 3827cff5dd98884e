using System.Text;
using Capstan.Server.Security;
using Microsoft.AspNetCore.Http;
using Xunit;

namespace Capstan.Server.Tests.Security;

public sealed class PasswordRuleTests
{
    [Theory]
    [InlineData("Basic ", "opencode:secret", true)]
    [InlineData("BASIC ", "opencode:secret", true)]
    [InlineData("Basic   ", "opencode:secret", true)]
    [InlineData("Basic ", "opencode:secret2", false)]
    [InlineData("Basic ", "opencode:secre", false)]
    [InlineData("Basic ", "opencode:", false)]
    [InlineData("Basic ", "opencode", false)]
    [InlineData("Basic ", "Opencode:secret", false)]
    [InlineData("Basic ", ":secret", false)]
    [InlineData("Basic ", "secret", false)]
    [InlineData("Basic ", "", false)]
    [InlineData("Bearer ", "opencode:secret", false)]
    [InlineData("", "opencode:secret", false)]
    public void The_header_holds_user_and_password(string scheme, string credentials, bool isAdmitted)
    {
        var request = new DefaultHttpContext().Request;
        request.Headers.Authorization = scheme + Encode(credentials);

        Assert.Equal(isAdmitted, new PasswordRule("opencode", "secret").Admits(request));
    }

    [Theory]
    [InlineData("opencode:secret", true)]
    [InlineData("opencode:wrong", false)]
    [InlineData("secret", false)]
    public void So_does_the_query(string credentials, bool isAdmitted)
    {
        var request = new DefaultHttpContext().Request;
        request.QueryString = QueryString.Create("auth_token", Encode(credentials));

        Assert.Equal(isAdmitted, new PasswordRule("opencode", "secret").Admits(request));
    }

    [Fact]
    public void A_wrong_token_in_the_query_is_not_made_good_by_the_header()
    {
        var request = new DefaultHttpContext().Request;
        request.QueryString = QueryString.Create("auth_token", Encode("opencode:wrong"));
        request.Headers.Authorization = "Basic " + Encode("opencode:secret");

        Assert.False(new PasswordRule("opencode", "secret").Admits(request));
    }

    [Fact]
    public void An_empty_token_in_the_query_counts_as_none()
    {
        var request = new DefaultHttpContext().Request;
        request.QueryString = new QueryString("?auth_token=");
        request.Headers.Authorization = "Basic " + Encode("opencode:secret");

        Assert.True(new PasswordRule("opencode", "secret").Admits(request));
    }

    [Theory]
    [InlineData("Basic opencode:secret")]
    [InlineData("Basic %%%")]
    [InlineData("Basic")]
    public void What_is_not_encoded_is_refused(string header)
    {
        var request = new DefaultHttpContext().Request;
        request.Headers.Authorization = header;

        Assert.False(new PasswordRule("opencode", "secret").Admits(request));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    public void Without_a_password_nobody_is_asked(string? password) =>
        Assert.True(new PasswordRule("opencode", password).Admits(new DefaultHttpContext().Request));

    [Fact]
    public void Without_a_header_nobody_is_let_in() =>
        Assert.False(new PasswordRule("opencode", "secret").Admits(new DefaultHttpContext().Request));

    private static string Encode(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text));
}
