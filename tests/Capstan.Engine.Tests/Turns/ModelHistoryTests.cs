using System.Text.Json;
using Capstan.Contract;
using Capstan.Engine.Turns;
using Microsoft.Extensions.AI;
using Xunit;

namespace Capstan.Engine.Tests.Turns;

/// <summary>What of a stored message a model is sent.</summary>
public sealed class ModelHistoryTests
{
    private const string Image = "data:image/png;base64,AAAA";

    private static readonly ModelInfo Model = new()
    {
        ID = "m", ProviderID = "p", Name = "m", Api = new ModelApi("m", "", ""), Capabilities = new ModelCapabilities(),
        Cost = ModelCost.Free, Limit = new ModelLimit(1000, 1000),
    };

    private static readonly JsonElement Input = JsonElement.Parse("""{"a":1}""");

    [Fact]
    public void A_prompt_is_its_texts_and_the_files_that_models_can_read()
    {
        var message = Assert.Single(Read(
            User(),
            Text("one"),
            Text("not shown") with { Ignored = true },
            Text(""),
            File("image/png", Image, "i.png"),
            File("image/png", "https://a.test/i.png", null),
            File("text/plain", "file:///t.txt", "t.txt"),
            File("application/x-directory", "file:///d", "d"),
            File("application/pdf", "data:application/pdf;base64,AAAA", "p.pdf"),
            File("application/zip", "data:application/zip;base64,AAAA", null)));
        Assert.Equal(ChatRole.User, message.Role);
        Assert.Collection(
            message.Contents,
            static content => Assert.Equal("one", ((TextContent)content).Text),
            static content => Assert.Equal(Image, ((DataContent)content).Uri),
            static content => Assert.Equal("https://a.test/i.png", ((UriContent)content).Uri.ToString()),
            static content => Assert.Equal("[A file of type application/pdf, p.pdf, was attached; this model cannot read it.]", ((TextContent)content).Text),
            static content => Assert.Equal("[A file of type application/zip was attached; this model cannot read it.]", ((TextContent)content).Text));
    }

    [Fact]
    public void A_message_of_which_nothing_is_shown_is_left_out()
    {
        Assert.Empty(Read(User(), Text("")));
        Assert.Empty(Read(Answer()));
    }

    [Fact]
    public void Every_call_has_a_result_whatever_became_of_it()
    {
        var time = new ToolTime(1, 2);
        var messages = Read(
            Answer(),
            Text("said"),
            Call("c1", new ToolState.Completed { Input = Input, Output = "done", Title = "t", Metadata = [], Time = time }),
            Call("c2", new ToolState.Completed { Input = Input, Output = "old", Title = "t", Metadata = [], Time = time with { Compacted = 3 } }),
            Call("c3", new ToolState.Error { Input = Input, Message = "failed", Time = time }),
            Call("c4", new ToolState.Running { Input = Input, Time = new PartTime(1) }));
        Assert.Equal([ChatRole.Assistant, ChatRole.Tool], messages.Select(static message => message.Role));
        Assert.Equal("said", messages[0].Text);
        Assert.Equal(["c1", "c2", "c3", "c4"], messages[0].Contents.OfType<FunctionCallContent>().Select(static call => call.CallId));
        Assert.Equal(
            [
                ("c1", "done"), ("c2", "[This output was cleared to save context.]"), ("c3", "failed"),
                ("c4", "The call was interrupted; it has no result."),
            ],
            messages[1].Contents.OfType<FunctionResultContent>().Select(static result => (result.CallId, (string)result.Result!)));
    }

    [Fact]
    public void Files_that_a_tool_returned_come_after_its_results()
    {
        var file = File("image/png", Image, "i.png");
        var messages = Read(
            Answer(),
            Call("c1", new ToolState.Completed
            {
                Input = Input, Output = "seen", Title = "t", Metadata = [], Time = new ToolTime(1, 2), Attachments = [file],
            }));
        Assert.Equal([ChatRole.Assistant, ChatRole.Tool, ChatRole.User], messages.Select(static message => message.Role));
        Assert.Equal("The files that the tools returned:", messages[2].Text);
        Assert.Equal(Image, messages[2].Contents.OfType<DataContent>().Single().Uri);
    }

    [Theory]
    [InlineData("m", "p", true)]
    [InlineData("m", "other", false)]
    [InlineData("other", "p", false)]
    public void Reasoning_goes_back_to_the_model_that_reasoned(string model, string provider, bool isSent)
    {
        var reasoning = new ReasoningPart
        {
            ID = "prt_1", SessionID = "s", MessageID = "m", Text = "hm", Time = new PartTime(1), Metadata = ReasoningMetadata.Of("signed"),
        };
        var message = Assert.Single(Read(Answer() with { ModelID = model, ProviderID = provider }, reasoning, Text("said")));
        var sent = message.Contents.OfType<TextReasoningContent>().SingleOrDefault();
        Assert.Equal(isSent ? ("hm", "signed") : (null, null), (sent?.Text, sent?.ProtectedData));
    }

    [Fact]
    public void A_step_that_failed_is_left_out_and_one_that_was_stopped_is_kept_for_what_it_did()
    {
        var stopped = Answer() with { Error = MessageError.Aborted() };
        Assert.Empty(Read(Answer() with { Error = MessageError.Unknown("no") }, Text("half")));
        Assert.Empty(Read(stopped, new StepStartPart { ID = "prt_1", SessionID = "s", MessageID = "m" }));
        Assert.Equal("half", Assert.Single(Read(stopped, Text("half"))).Text);
    }

    private static List<ChatMessage> Read(MessageInfo info, params Part[] parts)
    {
        var messages = new List<ChatMessage>();
        ModelHistory.Append(messages, info, parts, Model);
        return messages;
    }

    private static UserMessage User() => new()
    {
        ID = "m", SessionID = "s", Agent = "build", Model = new ModelRef("p", "m"), Time = new MessageTime(1),
    };

    private static AssistantMessage Answer() => new()
    {
        ID = "m", SessionID = "s", ParentID = "u", Agent = "build", Mode = "build", ModelID = "m", ProviderID = "p",
        Path = new MessagePath("/w", "/w"), Time = new MessageTime(1),
    };

    private static TextPart Text(string text) => new() { ID = "prt_1", SessionID = "s", MessageID = "m", Text = text };

    private static FilePart File(string mime, string url, string? name) =>
        new() { ID = "prt_1", SessionID = "s", MessageID = "m", Mime = mime, Url = url, Filename = name };

    private static ToolPart Call(string id, ToolState state) =>
        new() { ID = "prt_1", SessionID = "s", MessageID = "m", CallID = id, Tool = "bash", State = state };
}
