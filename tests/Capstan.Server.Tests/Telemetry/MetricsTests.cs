using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Capstan.Testing.Models;
using Capstan.Testing.Servers;
using Xunit;

namespace Capstan.Server.Tests.Telemetry;

/// <summary><c>GET /metrics</c>, read as Prometheus reads it.</summary>
public sealed class MetricsTests
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Turns_model_calls_tokens_and_commits_are_counted()
    {
        await using var server = await TestServer.StartAsync(
            new() { Model = new() { Scripts = [new("bad", [new() { Http = 400 }])] } }, Cancelled);
        var session = await server.CreateSessionAsync(cancellationToken: Cancelled);
        await server.PromptAsync(session, "hello", Cancelled);
        await server.PromptAsync(session, "hello again", Cancelled);
        await server.PromptAsync(session, "[script:bad]", Cancelled);
        await server.AskAsync(HttpMethod.Post, $"/session/{session}/message", """{"agent":"nobody","parts":[]}""", Cancelled);

        using var response = await server.SendAsync(HttpMethod.Get, "/metrics", cancellationToken: Cancelled);
        var samples = Read(await response.Content.ReadAsStringAsync(Cancelled));

        Assert.Equal("text/plain; version=0.0.4; charset=utf-8", response.Content.Headers.ContentType!.ToString());
        Assert.Equal(2, samples["""capstan_turn_duration_seconds_count{gen_ai_agent_name="build",capstan_outcome="completed"}"""]);
        Assert.Equal(1, samples["""capstan_turn_duration_seconds_count{gen_ai_agent_name="build",capstan_outcome="failed"}"""]);
        Assert.Equal(2, samples["""gen_ai_client_operation_duration_seconds_count{gen_ai_operation_name="chat",gen_ai_provider_name="fake",gen_ai_request_model="echo"}"""]);
        Assert.Equal(1, samples["""gen_ai_client_operation_duration_seconds_count{gen_ai_operation_name="chat",gen_ai_provider_name="fake",gen_ai_request_model="echo",error_type="APIError"}"""]);
        // The scripted model counts 100 tokens in and 20 out for each answer.
        Assert.Equal(200, samples["""gen_ai_client_token_usage_sum{gen_ai_operation_name="chat",gen_ai_provider_name="fake",gen_ai_request_model="echo",gen_ai_token_type="input"}"""]);
        Assert.Equal(40, samples["""gen_ai_client_token_usage_sum{gen_ai_operation_name="chat",gen_ai_provider_name="fake",gen_ai_request_model="echo",gen_ai_token_type="output"}"""]);
        Assert.Equal(3, samples["""capstan_admission_duration_seconds_count{capstan_outcome="accepted"}"""]);
        Assert.Equal(1, samples["""capstan_admission_duration_seconds_count{capstan_outcome="refused"}"""]);
        Assert.True(samples["capstan_journal_writes_total"] >= samples["capstan_journal_commit_duration_seconds_count"]);
        Assert.Equal(0, samples["capstan_permission_waiting"]);
        Assert.True(samples["process_memory_usage_bytes"] > 1_000_000);
    }

    [Fact]
    public async Task The_buckets_of_a_histogram_are_cumulative_and_end_with_all_of_them()
    {
        await using var server = await TestServer.StartAsync(cancellationToken: Cancelled);
        await server.PromptAsync(await server.CreateSessionAsync(cancellationToken: Cancelled), "hello", Cancelled);

        var (_, text) = await server.AskAsync(HttpMethod.Get, "/metrics", cancellationToken: Cancelled);

        var buckets = Read(text).Where(static sample => sample.Key.StartsWith("capstan_journal_commit_duration_seconds_bucket", StringComparison.Ordinal)).ToList();
        Assert.Equal("""capstan_journal_commit_duration_seconds_bucket{le="0.0001"}""", buckets[0].Key);
        Assert.Equal("""capstan_journal_commit_duration_seconds_bucket{le="+Inf"}""", buckets[^1].Key);
        Assert.Equal(buckets.Select(static bucket => bucket.Value).Order(), buckets.Select(static bucket => bucket.Value));
        Assert.Equal(Read(text)["capstan_journal_commit_duration_seconds_count"], buckets[^1].Value);
        Assert.True(buckets[^1].Value > 0);
    }

    [Fact]
    public async Task A_call_that_waits_for_a_person_is_seen()
    {
        await using var server = await TestServer.StartAsync(
            new()
            {
                Model = new() { Scripts = [new("touch", [ModelStep.Call("bash", """{"command":"touch made","description":"touch"}"""), ModelStep.Say("done")])] },
                Workspace = new() { Permission = """{"bash":"ask"}""" },
            },
            Cancelled);
        await using var events = await server.OpenEventsAsync(Cancelled);
        var session = await server.CreateSessionAsync(cancellationToken: Cancelled);
        await server.PromptWithoutWaitingAsync(session, "[script:touch]", Cancelled);
        var request = (await events.UntilAsync("permission.asked")).Properties.GetProperty("id").GetString()!;

        var waiting = Read((await server.AskAsync(HttpMethod.Get, "/metrics", cancellationToken: Cancelled)).Body);
        await server.ReplyAsync(request, "once", cancellationToken: Cancelled);
        await events.UntilAsync("session.idle", session);
        var after = Read((await server.AskAsync(HttpMethod.Get, "/metrics", cancellationToken: Cancelled)).Body);

        Assert.Equal((1, 1, 1), (waiting["capstan_permission_waiting"], waiting["capstan_session_busy"], waiting["capstan_event_readers"]));
        Assert.Equal(0, after["capstan_permission_waiting"]);
        Assert.Equal(1, after["""capstan_permission_wait_duration_seconds_count{capstan_permission="bash"}"""]);
        Assert.Equal(1, after["""capstan_tool_duration_seconds_count{gen_ai_tool_name="bash",capstan_outcome="completed"}"""]);
    }

    [Fact]
    public async Task The_password_is_asked_for()
    {
        await using var server = await TestServer.StartAsync(new() { Server = static options => options with { Password = "open sesame" } }, Cancelled);

        var (status, body) = await server.AskAsync(HttpMethod.Get, "/metrics", cancellationToken: Cancelled);
        server.Http.DefaultRequestHeaders.Authorization =
            new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes("opencode:open sesame")));
        var (allowed, _) = await server.AskAsync(HttpMethod.Get, "/metrics", cancellationToken: Cancelled);

        Assert.Equal((HttpStatusCode.Unauthorized, ""), (status, body));
        Assert.Equal(HttpStatusCode.OK, allowed);
    }

    /// <summary>The samples by name and labels; each family has its HELP and TYPE before its samples, once.</summary>
    private static Dictionary<string, double> Read(string text)
    {
        Assert.EndsWith("\n", text, StringComparison.Ordinal);
        var samples = new Dictionary<string, double>();
        var families = new HashSet<string>();
        var family = "";
        foreach (var line in text.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            var words = line.Split(' ');
            if (line.StartsWith("# HELP ", StringComparison.Ordinal))
            {
                family = words[2];
                Assert.True(families.Add(family), $"twice: {family}");
                Assert.True(words.Length > 3, $"without a word: {line}");
            }
            else if (line.StartsWith("# TYPE ", StringComparison.Ordinal))
            {
                Assert.Equal(family, words[2]);
                Assert.Contains(words[3], new[] { "counter", "gauge", "histogram" });
            }
            else
            {
                Assert.StartsWith(family, line, StringComparison.Ordinal);
                var end = line.LastIndexOf(' ');
                samples.Add(line[..end], double.Parse(line[(end + 1)..], CultureInfo.InvariantCulture));
            }
        }

        return samples;
    }
}
