using Capstan.Engine.Configuration.Redaction;
using Xunit;

namespace Capstan.Engine.Tests.Configuration.Redaction;

public sealed class SecretShapesTests
{
    [Theory]
    [InlineData("http://user:s3cret@host/v1", "http://[redacted]@host/v1")]
    [InlineData("https://s3cret@host", "https://[redacted]@host")]
    [InlineData("postgres://u:p@w@host:5432/db", "postgres://[redacted]@host:5432/db")]
    [InlineData("see http://u:p@a/x and http://v:q@b/y", "see http://[redacted]@a/x and http://[redacted]@b/y")]
    [InlineData("https://host/v1?key=abc&x=1", "https://host/v1?key=[redacted]&x=1")]
    [InlineData("https://host/v1?x=1&api_key=abc#top", "https://host/v1?x=1&api_key=[redacted]#top")]
    [InlineData("https://host/#access_token=abc&y=2", "https://host/#access_token=[redacted]&y=2")]
    [InlineData("--api-key=abc", "--api-key=[redacted]")]
    [InlineData("run --token=abc --x=1", "run --token=[redacted] --x=1")]
    [InlineData("DB_PASSWORD=abc", "DB_PASSWORD=[redacted]")]
    [InlineData("{\"url\":\"token=abc\"}", "{\"url\":\"token=[redacted]\"}")]
    [InlineData("Authorization: Bearer abcdefgh1234", "Authorization: Bearer [redacted]")]
    [InlineData("authorization: basic b3BlbmNvZGU6eA==", "authorization: basic [redacted]")]
    [InlineData("Incorrect API key provided: sk-abcdefgh12345.", "Incorrect API key provided: [redacted].")]
    [InlineData("key sk-ant-api03-abcDEF_123-x", "key [redacted]")]
    [InlineData("sk-abcd****wxyz", "[redacted]")]
    [InlineData("ghp_0123456789abcdefABCD", "[redacted]")]
    [InlineData("github_pat_0123456789abcdefABCD_x", "[redacted]")]
    [InlineData("glpat-0123456789abcdefABCD", "[redacted]")]
    [InlineData("xoxb-123456789012-abc", "[redacted]")]
    [InlineData("AKIAIOSFODNN7EXAMPLE", "[redacted]")]
    [InlineData("AIzaSyA0123456789abcdefghijklmnopqrstu", "[redacted]")]
    [InlineData("hf_abcdefghijklmnopqr", "[redacted]")]
    [InlineData("gsk_abcdefghijklmnopqr", "[redacted]")]
    [InlineData("xai-abcdefghijklmnopqr", "[redacted]")]
    [InlineData("npm_abcdefghijklmnopqrstuvwxyz0123456789", "[redacted]")]
    [InlineData("pypi-abcdefghijklmnopqr", "[redacted]")]
    [InlineData("eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.sig-_", "[redacted]")]
    [InlineData("a\n-----BEGIN RSA PRIVATE KEY-----\nabc\n-----END RSA PRIVATE KEY-----\nb", "a\n[redacted]\nb")]
    [InlineData("-----BEGIN PRIVATE KEY-----\nabc", "[redacted]")]
    public void What_looks_like_a_secret_is_masked(string text, string masked) => Assert.Equal(masked, SecretShapes.Redact(text));

    [Theory]
    [InlineData("")]
    [InlineData("http://127.0.0.1:11434/v1")]
    [InlineData("https://host/path@2/x?model=a&limit=3")]
    [InlineData("mail me at someone@example.org")]
    [InlineData("The bearer of this ring is basic authentication's friend.")]
    [InlineData("token is missing")]
    [InlineData("a=b c=d")]
    [InlineData("max_tokens must be at most 4096")]
    [InlineData("ask-somebody-else-for-it")]
    [InlineData("-----BEGIN PUBLIC KEY-----\nabc\n-----END PUBLIC KEY-----")]
    [InlineData("gpt-5 claude-sonnet-4 gemini-3-pro")]
    public void What_does_not_stays_as_it_is(string text) => Assert.Equal(text, SecretShapes.Redact(text));

    [Theory]
    [InlineData("--token", true)]
    [InlineData("--api-key", true)]
    [InlineData("-password", true)]
    [InlineData("--token=abc", false)]
    [InlineData("--verbose", false)]
    [InlineData("token", false)]
    public void An_option_may_announce_that_a_secret_follows(string argument, bool announces) =>
        Assert.Equal(announces, SecretShapes.Announces(argument));

    [Fact]
    public void A_hostile_text_takes_no_more_time_than_a_kind_one()
    {
        // Each of these would take minutes if the work grew with the square of the length.
        foreach (var piece in new[] { "a", "-", "sk", "eyJ-", "a=", "://", "Bearer ", "-----BEGIN PRIVATE KEY", "@", "http://a" })
        {
            var text = string.Concat(Enumerable.Repeat(piece, 64 * 1024 / piece.Length));
            Assert.NotNull(SecretShapes.Redact(text));
        }
    }
}
