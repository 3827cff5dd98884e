using Capstan.Testing.Models;
using Capstan.Testing.Servers;
using Capstan.Testing.Telemetry;
using Capstan.Testing.Workspaces;
using Xunit;

namespace Capstan.Server.Tests.Telemetry;

/// <summary>What an OpenTelemetry collector is sent, by the program as it is built.</summary>
public sealed class CollectorTests
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_spans_of_a_turn_arrive_in_one_trace()
    {
        await using var collector = await OtlpReceiver.StartAsync(Cancelled);
        await using var model = await ScriptedModel.StartAsync(
            new() { Scripts = [new("touch", [ModelStep.Call("bash", """{"command":"touch made","description":"touch"}"""), ModelStep.Say("done")])] },
            Cancelled);
        using var workspace = await TestWorkspace.CreateAsync(model.Url, cancellationToken: Cancelled);
        await using var server = await CapstanProcess.StartAsync(
            workspace.Directory,
            new() { Variables = new Dictionary<string, string> { ["OTEL_EXPORTER_OTLP_ENDPOINT"] = $"{collector.Address}" } },
            Cancelled);
        var session = await server.CreateSessionAsync(cancellationToken: Cancelled);

        await server.PromptAsync(session, "[script:touch]", Cancelled);
        // What waits to be sent is sent before the program ends.
        server.Send(ProcessSignal.Terminate);
        Assert.Equal(0, await server.EndedAsync(Cancelled));

        Assert.All(collector.ContentTypes, static type => Assert.Equal("application/x-protobuf", type));
        Assert.Equal("capstan", collector.Resource["service.name"]);
        var spans = collector.Spans;
        var turn = Assert.Single(spans, static span => span.Name == "invoke_agent build");
        Assert.Equal("", turn.ParentID);
        Assert.Equal(session, turn.Attributes["gen_ai.conversation.id"]);
        Assert.Equal("completed", turn.Attributes["capstan.outcome"]);
        var steps = spans.Where(span => span.Name == "step" && span.ParentID == turn.ID).ToList();
        Assert.Equal(2, steps.Count);
        var calls = spans.Where(static span => span.Name == "chat echo").ToList();
        Assert.Equal(2, calls.Count);
        Assert.All(calls, call =>
        {
            Assert.Contains(call.ParentID, steps.Select(static step => step.ID));
            Assert.Equal(("chat", "fake", "echo"), (call.Attributes["gen_ai.operation.name"], call.Attributes["gen_ai.provider.name"], call.Attributes["gen_ai.request.model"]));
        });
        var tool = Assert.Single(spans, static span => span.Name == "execute_tool bash");
        Assert.Contains(tool.ParentID, steps.Select(static step => step.ID));
        Assert.Equal("completed", tool.Attributes["capstan.outcome"]);
        var admission = Assert.Single(spans, static span => span.Name == "admission");
        Assert.Equal(turn.Attributes["capstan.message.id"], admission.Attributes["capstan.message.id"]);
        Assert.Contains(spans, span => span.Name == "journal.commit" && span.ParentID == admission.ID);
        Assert.All([.. steps, .. calls, tool], span => Assert.Equal(turn.TraceID, span.TraceID));
        Assert.Superset(new HashSet<string> { "gen_ai.client.operation.duration", "capstan.turn.duration" }, collector.Metrics.ToHashSet());
    }

    [Theory]
    [InlineData("")]
    [InlineData("http://127.0.0.1:1")]
    public async Task Its_libraries_are_loaded_only_where_one_is_named(string address)
    {
        using var workspace = await TestWorkspace.CreateAsync(model: null, cancellationToken: Cancelled);
        await using var server = await CapstanProcess.StartAsync(
            workspace.Directory, new() { Variables = new Dictionary<string, string> { ["OTEL_EXPORTER_OTLP_ENDPOINT"] = address } }, Cancelled);
        await server.PromptAsync(await server.CreateSessionAsync("{}", Cancelled), "hello", Cancelled);
        await server.AskAsync(HttpMethod.Get, "/metrics", cancellationToken: Cancelled);

        var loaded = File.ReadAllText($"/proc/{server.ID}/maps");

        Assert.Contains("Capstan.Engine.dll", loaded, StringComparison.Ordinal);
        Assert.Equal(address.Length > 0, loaded.Contains("OpenTelemetry", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_collector_s_address_that_is_none_is_said_and_the_server_runs()
    {
        using var workspace = await TestWorkspace.CreateAsync(model: null, cancellationToken: Cancelled);
        await using var server = await CapstanProcess.StartAsync(
            workspace.Directory,
            new() { Variables = new Dictionary<string, string> { ["OTEL_EXPORTER_OTLP_ENDPOINT"] = "collector:4318" } },
            Cancelled);

        await server.GetAsync("/global/health", Cancelled);
        server.Send(ProcessSignal.Terminate);
        await server.EndedAsync(Cancelled);

        Assert.Contains("OTEL_EXPORTER_OTLP_ENDPOINT is \"collector:4318\", which is no address", server.ReadLog(), StringComparison.Ordinal);
    }
}
