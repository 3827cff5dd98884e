using System.Net;
using System.Text.Json;
using Capstan.Testing.Models;
using Capstan.Testing.Streams;
using Xunit;

namespace Capstan.Server.Tests.Kit;

public sealed class ScriptedModelTests
{
    private static readonly HttpClient Http = new();

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Text_goes_out_in_words_with_finish_and_default_usage()
    {
        await using var model = await ScriptedModel.StartAsync(cancellationToken: Cancelled);
        model.Set("a", ModelStep.Say("Hello there friend"));

        var frames = await AskAsync(model, User("hi [script:a]"));

        Assert.Equal(["Hello ", "there ", "friend"], Contents(frames));
        Assert.Equal("stop", frames[^3].Json.GetProperty("choices")[0].GetProperty("finish_reason").GetString());
        var usage = frames[^2].Json.GetProperty("usage");
        Assert.Equal(100, usage.GetProperty("prompt_tokens").GetInt32());
        Assert.Equal(40, usage.GetProperty("prompt_tokens_details").GetProperty("cached_tokens").GetInt32());
        Assert.Equal("[DONE]", frames[^1].Data);
        Assert.Equal(ModelCallEnd.Finished, await (await model.CallAsync(cancellationToken: Cancelled)).Ended);
    }

    [Fact]
    public async Task The_step_is_the_number_of_assistant_messages_after_the_newest_marker()
    {
        await using var model = await ScriptedModel.StartAsync(cancellationToken: Cancelled);
        model.Set("a", ModelStep.Say("a0"), ModelStep.Say("a1"));
        model.Set("b", ModelStep.Say("b0"), ModelStep.Say("b1"));
        string[] history = [User("[script:a]"), Assistant, User("then [script:b]")];

        Assert.Equal(["b0"], Contents(await AskAsync(model, history)));
        Assert.Equal(["b1"], Contents(await AskAsync(model, [.. history, Assistant, User("unmarked")])));
        Assert.Equal(["default ", "reply"], Contents(await AskAsync(model, [.. history, Assistant, Assistant])));
    }

    [Fact]
    public async Task Title_and_summary_calls_do_not_consume_the_script()
    {
        await using var model = await ScriptedModel.StartAsync(cancellationToken: Cancelled);
        model.Set("a", new ModelStep { Http = 500, FailFirst = 1, Text = "ok" });

        Assert.Equal(["Fake ", "title"], Contents(await AskAsync(model, [System("You write titles."), User("[script:a]")], tools: false)));
        Assert.Equal(["SUMMARY ", "OF ", "CONVERSATION"],
            Contents(await AskAsync(model, [System("Summarise it."), User("[script:a]")], tools: false)));
        using var failed = await PostAsync(model, [User("[script:a]")]);

        Assert.Equal(HttpStatusCode.InternalServerError, failed.StatusCode);
        Assert.Equal([ModelCallKind.Title, ModelCallKind.Summary, ModelCallKind.Turn], model.Calls.Select(call => call.Kind));
    }

    [Fact]
    public async Task Parallel_tools_have_their_own_indexes_and_split_arguments()
    {
        await using var model = await ScriptedModel.StartAsync(cancellationToken: Cancelled);
        model.Set("a", new ModelStep
        {
            Reason = "think think",
            Tools = [ModelToolCall.Of("read", """{"filePath":"x"}""", "call_x"), ModelToolCall.Of("glob", """{"pattern":"*"}""")],
        });

        var frames = await AskAsync(model, User("[script:a]"));

        var fragments = frames.Where(frame => frame.Data != "[DONE]" && frame.Json.GetProperty("choices").GetArrayLength() > 0)
            .Select(frame => frame.Json.GetProperty("choices")[0].GetProperty("delta"))
            .Where(delta => delta.TryGetProperty("tool_calls", out _)).Select(delta => delta.GetProperty("tool_calls")[0]).ToList();
        Assert.Equal([0, 0, 0, 1, 1, 1], fragments.Select(fragment => fragment.GetProperty("index").GetInt32()));
        Assert.Equal("call_x", fragments[0].GetProperty("id").GetString());
        Assert.StartsWith("call_", fragments[3].GetProperty("id").GetString());
        Assert.Equal("""{"filePath":"x"}""", string.Concat(fragments.Take(3).Select(Arguments)));
        Assert.NotEqual("", Arguments(fragments[1]));
        Assert.Equal("tool_calls", frames[^3].Json.GetProperty("choices")[0].GetProperty("finish_reason").GetString());

        static string Arguments(JsonElement fragment) => fragment.GetProperty("function").GetProperty("arguments").GetString()!;
    }

    [Fact]
    public async Task A_failure_carries_its_status_headers_and_body_and_then_recovers()
    {
        await using var model = await ScriptedModel.StartAsync(cancellationToken: Cancelled);
        model.Set(new ModelScript("a", ModelScript.ParseSteps(
            """[{"http":429,"headers":{"retry-after":"1"},"failFirst":1,"text":"after","body":{"error":{"message":"slow down"}}}]""")));

        using var failed = await PostAsync(model, [User("[script:a]")]);
        Assert.Equal(HttpStatusCode.TooManyRequests, failed.StatusCode);
        Assert.Equal("1", failed.Headers.GetValues("retry-after").Single());
        Assert.Equal("""{"error":{"message":"slow down"}}""", await failed.Content.ReadAsStringAsync(Cancelled));

        Assert.Equal(["after"], Contents(await AskAsync(model, User("[script:a]"))));
        Assert.Equal([0, 1], model.Turns.Select(call => call.Attempt));
    }

    [Fact]
    public async Task A_cut_breaks_the_stream_in_the_middle_and_only_as_often_as_told()
    {
        await using var model = await ScriptedModel.StartAsync(cancellationToken: Cancelled);
        model.Set("a", new ModelStep { Text = "partial words here", CutFirst = 1 });

        using (var cut = await PostAsync(model, [User("[script:a]")]))
            await Assert.ThrowsAnyAsync<Exception>(() => cut.Content.ReadAsStringAsync(Cancelled));

        Assert.Equal(ModelCallEnd.Cut, await model.Turns[0].Ended);
        Assert.Equal(["partial ", "words ", "here"], Contents(await AskAsync(model, User("[script:a]"))));
    }

    [Fact]
    public async Task A_gate_holds_the_stream_until_the_test_opens_it()
    {
        await using var model = await ScriptedModel.StartAsync(cancellationToken: Cancelled);
        var gate = new ModelGate(after: 1);
        model.Set("a", new ModelStep { Text = "one two", Gate = gate });

        using var response = await PostAsync(model, [User("[script:a]")]);
        await gate.Reached.WaitAsync(Cancelled);
        var call = await model.CallAsync(cancellationToken: Cancelled);
        Assert.False(call.Ended.IsCompleted);
        gate.Open();

        Assert.Contains("two", await response.Content.ReadAsStringAsync(Cancelled), StringComparison.Ordinal);
        Assert.Equal(ModelCallEnd.Finished, await call.Ended);
        await Assert.ThrowsAsync<InvalidOperationException>(() => call.ClientGone);
    }

    [Theory]
    [InlineData(ModelHang.Connect)]
    [InlineData(ModelHang.Headers)]
    [InlineData(ModelHang.Stream)]
    public async Task A_client_that_leaves_a_hanging_call_is_noticed(ModelHang hang)
    {
        await using var model = await ScriptedModel.StartAsync(cancellationToken: Cancelled);
        model.Set("a", new ModelStep { Text = "x", Hang = hang });
        using var leave = CancellationTokenSource.CreateLinkedTokenSource(Cancelled);

        var reading = ReadAsync();
        var call = await model.CallAsync(cancellationToken: Cancelled);
        await leave.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => reading);
        await call.ClientGone.WaitAsync(TimeSpan.FromSeconds(20), Cancelled);

        async Task ReadAsync()
        {
            using var response = await PostAsync(model, [User("[script:a]")], cancellationToken: leave.Token);
            await response.Content.ReadAsStringAsync(leave.Token);
        }
    }

    [Fact]
    public async Task Broken_providers_send_nonsense_and_error_frames()
    {
        await using var model = await ScriptedModel.StartAsync(cancellationToken: Cancelled);
        model.Set(new ModelScript("a", ModelScript.ParseSteps(
            """[{"text":"par","error":{"message":"weird"}},{"text":"x","garbage":"json"},{"garbage":"html"}]""")));

        var error = await AskAsync(model, User("[script:a]"));
        Assert.Equal("""{"error":{"message":"weird"}}""", error[^1].Data);
        var json = await AskAsync(model, User("[script:a]"), Assistant);
        Assert.ThrowsAny<JsonException>(() => json[^1].Json);
        using var html = await PostAsync(model, [User("[script:a]"), Assistant, Assistant]);
        Assert.Equal("text/html", html.Content.Headers.ContentType?.MediaType);
        Assert.Equal(HttpStatusCode.OK, html.StatusCode);
    }

    [Fact]
    public async Task A_fast_model_answers_many_streams_at_once_and_still_knows_a_title_call()
    {
        await using var model = await ScriptedModel.StartAsync(
            new() { Fast = ModelStep.Say(string.Concat(Enumerable.Repeat("word ", 20))) }, Cancelled);

        var answers = await Task.WhenAll(Enumerable.Range(0, 40).Select(_ => AskAsync(model, User("go"))));

        Assert.All(answers, frames => Assert.Equal(20, Contents(frames).Count()));
        Assert.Equal(["Fake ", "title"], Contents(await AskAsync(model, [User("go")], tools: false)));
        Assert.Equal(41, model.Served);
        Assert.Empty(model.Calls);
    }

    private static string User(string text) => Message("user", text);

    private static string System(string text) => Message("system", text);

    private static string Assistant { get; } = Message("assistant", "said");

    private static string Message(string role, string text) => $$"""{"role":"{{role}}","content":"{{text}}"}""";

    private static IEnumerable<string> Contents(IEnumerable<SseEvent> frames) => frames
        .Where(frame => frame.Data != "[DONE]" && frame.Json.GetProperty("choices").GetArrayLength() > 0)
        .Select(frame => frame.Json.GetProperty("choices")[0].GetProperty("delta"))
        .Where(delta => delta.TryGetProperty("content", out _)).Select(delta => delta.GetProperty("content").GetString()!);

    private static Task<IReadOnlyList<SseEvent>> AskAsync(ScriptedModel model, params string[] messages) => AskAsync(model, messages, true);

    private static async Task<IReadOnlyList<SseEvent>> AskAsync(ScriptedModel model, string[] messages, bool tools)
    {
        using var response = await PostAsync(model, messages, tools);
        response.EnsureSuccessStatusCode();
        await using var reader = await SseReader.FromAsync(response, Cancelled);
        return await reader.ToEndAsync();
    }

    private static async Task<HttpResponseMessage> PostAsync(
        ScriptedModel model, string[] messages, bool tools = true, CancellationToken? cancellationToken = null)
    {
        var body = $$"""{"model":"echo","stream":true,"messages":[{{string.Join(',', messages)}}]{{(tools ? ",\"tools\":[{}]" : "")}}}""";
        using var request = new HttpRequestMessage(HttpMethod.Post, $"{model.Url}/chat/completions")
        {
            Content = new StringContent(body, global::System.Text.Encoding.UTF8, "application/json"),
        };
        return await Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken ?? Cancelled);
    }
}
