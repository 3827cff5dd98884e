using Capstan.Engine.Storage.Postgres;
using Xunit;

namespace Capstan.Engine.Tests.Storage.Postgres;

/// <summary>URLs of databases, as PostgreSQL's own programs take them.</summary>
public sealed class PostgresAddressTests
{
    [Theory]
    [InlineData("postgres://ann:secret@db.example:6432/work", "db.example", 6432, "ann", "secret", "work", "postgres://ann@db.example:6432/work")]
    [InlineData("postgresql://ann@db.example/work?sslmode=require", "db.example", 5432, "ann", null, "work", "postgres://ann@db.example/work")]
    [InlineData("postgres://ann:p%40ss%2Fw@h/a%20b", "h", 5432, "ann", "p@ss/w", "a b", "postgres://ann@h/a%20b")]
    [InlineData("postgres://ann:p@ss@h/d", "h", 5432, "ann", "p@ss", "d", "postgres://ann@h/d")]
    [InlineData("postgres://ann@[::1]:77/d", "::1", 77, "ann", null, "d", "postgres://ann@[::1]:77/d")]
    [InlineData("postgres://ann@/d?host=%2Frun%2Fpg&port=7", "/run/pg", 7, "ann", null, "d", "postgres://ann@/d?host=/run/pg&port=7")]
    [InlineData("POSTGRES:///d?user=ann&password=x&host=h", "h", 5432, "ann", "x", "d", "postgres://ann@h/d")]
    [InlineData("postgres://ann@h", "h", 5432, "ann", null, "ann", "postgres://ann@h/ann")]
    public void A_URL_names_host_port_user_password_and_database(
        string url, string host, int port, string user, string? password, string database, string shown)
    {
        var address = PostgresAddress.Parse(url);
        Assert.Equal((host, port, user, database), (address.Host, address.Port, address.User, address.Database));
        Assert.Equal(password, address.ToConnectionString().Password);
        Assert.Equal(shown, address.ToString());
    }

    [Theory]
    [InlineData("mysql://h/d", "begins with postgres://")]
    [InlineData("postgres://u:secret@h:port/d", "no port")]
    [InlineData("postgres://u:secret@h:99999/d", "no port")]
    [InlineData("postgres://u:secret@h,i/d", "several hosts")]
    [InlineData("postgres://u:secret@[::1/d", "without a ]")]
    [InlineData("postgres://u:secret@h/d?sslmode=maybe", "sslmode=maybe")]
    [InlineData("postgres://u:secret@h/d?options=-csearch_path", "does not know: options")]
    public void What_is_no_such_URL_is_refused_in_words_without_the_password(string url, string reason)
    {
        var failure = Assert.Throws<FormatException>(() => PostgresAddress.Parse(url));
        Assert.Contains(reason, failure.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", failure.ToString(), StringComparison.Ordinal);
    }
}
