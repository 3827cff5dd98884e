using System.Text.Json;
using System.Text.Json.Nodes;
using Capstan.Testing.Captures;
using Xunit;

namespace Capstan.Server.Tests.Kit;

public sealed class EventComparisonTests
{
    public static TheoryData<string> Scenarios => [.. CaptureFile.All()];

    // 50 patches parts of a turn that ran before the recording began.
    public static TheoryData<string> WatchedFromTheStart =>
        [.. CaptureFile.All().Where(scenario => scenario != "50-part-and-session-deletes")];

    [Theory]
    [MemberData(nameof(Scenarios))]
    public void Every_capture_loads_and_equals_itself_in_every_field(string scenario)
    {
        var capture = CaptureFile.Load(scenario);

        Assert.Empty(new EventComparison { Rules = EventRules.None, Detail = EventDetail.Fields }
            .Differences(capture.Events, capture.Events));
        Assert.Empty(new EventComparison { Rules = EventRules.Tolerant, Detail = EventDetail.Fields }
            .Differences(capture.Events, capture.Events));
        Assert.All(capture.Scripts("/work"), script => Assert.NotEmpty(script.Steps));
    }

    [Theory]
    [MemberData(nameof(WatchedFromTheStart))]
    public void The_invariants_hold_for_what_the_real_server_did(string scenario)
    {
        Assert.Empty(EventInvariants.Violations(CaptureFile.Load(scenario).Events));
    }

    [Fact]
    public void Identifiers_times_and_places_of_a_live_stream_do_not_matter()
    {
        var captured = CaptureFile.Load("02-tool-turn").Events.ToList();
        var live = captured.Select(data => JsonElement.Parse(data.GetRawText()
            .Replace("ses_1", "ses_0123456789abABCDEFGHIJKLMN", StringComparison.Ordinal)
            .Replace("msg_2", "msg_0123456789acABCDEFGHIJKLMN", StringComparison.Ordinal)
            .Replace("\"created\":0", "\"created\":1790000000000", StringComparison.Ordinal)
            .Replace("$DIR", "/tmp/place", StringComparison.Ordinal)
            .Replace("1.18.33", "0.1.0", StringComparison.Ordinal)
            .Replace("<sha1>", new string('a', 40), StringComparison.Ordinal)));

        new EventComparison { Rules = EventRules.None, Detail = EventDetail.Fields, Directory = "/tmp/place" }.Require(captured, live);
    }

    [Fact]
    public void Parallel_work_may_arrive_anywhere_but_only_where_a_rule_says_so()
    {
        var captured = CaptureFile.Load("01-text-turn").Events.ToList();
        var trailing = captured.FindLast(data => data.GetProperty("type").GetString() == "message.updated");
        List<JsonElement> moved = [captured[0], captured[1], trailing, .. captured.Skip(2).Where(data => !data.Equals(trailing))];

        Assert.NotEmpty(new EventComparison { Rules = EventRules.None }.Differences(captured, moved));
        Assert.Empty(new EventComparison { Rules = EventRules.Conformance }.Differences(captured, moved));
    }

    [Fact]
    public void A_missing_event_is_reported_with_its_surroundings()
    {
        var captured = CaptureFile.Load("01-text-turn").Events.ToList();
        var without = captured.Where(data => data.GetProperty("type").GetString() != "session.idle");

        var difference = Assert.Single(new EventComparison().Differences(captured, without));

        Assert.Contains("session.idle", difference, StringComparison.Ordinal);
    }

    [Fact]
    public void A_field_that_differs_is_named_by_its_path()
    {
        var captured = CaptureFile.Load("01-text-turn").Events.ToList();
        var cheaper = captured.Select(data => JsonElement.Parse(data.GetRawText().Replace("\"cost\":0.00012", "\"cost\":0.1", StringComparison.Ordinal)));

        var difference = Assert.Single(new EventComparison { Detail = EventDetail.Fields }.Differences(captured, cheaper));

        Assert.Contains(".properties.part.cost: expected 0.00012, found 0.1", difference, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("01-text-turn", "\"cost\":0.00012", "\"cost\":0.1", ".sessions[0].cost")]
    [InlineData("01-text-turn", "\"summary\":{\"diffs\":[]}", "\"summary\":{\"diffs\":[1]}", ".users[0].summary")]
    [InlineData("31-write-edit-patch-revert", "\"deletions\":1", "\"deletions\":9", ".users[0].summary")]
    public void What_work_beside_the_turn_says_last_is_compared(string scenario, string text, string other, string path)
    {
        var captured = CaptureFile.Load(scenario).Events.ToList();
        var changed = captured.Select(data => JsonElement.Parse(data.GetRawText().Replace(text, other, StringComparison.Ordinal))).ToList();

        Assert.Null(FinalStates.Difference(captured, captured, null));
        Assert.StartsWith(path, FinalStates.Difference(captured, changed, null), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("04-permission-once", "\"tool\":{\"messageID\":\"msg_2\"", "\"tool\":{\"messageID\":\"msg_9\"", "asks and was not announced")]
    [InlineData("01-text-turn", "\"parentID\":\"msg_1\"", "\"parentID\":\"msg_9\"", "which was not announced")]
    [InlineData("01-text-turn", "\"completed\":0", "\"completed\":-1", "completed -1 is before created 0")]
    [InlineData("01-text-turn", "\"end\":0", "\"end\":-1", "end -1 is before start 0")]
    [InlineData("02-tool-turn", "\"time\":{\"created\":0},\"sessionID\":\"ses_1\"", "\"time\":{\"created\":-5},\"sessionID\":\"ses_1\"", "before the one before it")]
    public void A_link_that_leads_nowhere_and_a_time_out_of_order_break_an_invariant(string scenario, string text, string other, string complaint)
    {
        var broken = CaptureFile.Load(scenario).Events
            .Select(data => JsonElement.Parse(data.GetRawText().Replace(text, other, StringComparison.Ordinal)));

        Assert.Contains(EventInvariants.Violations(broken), violation => violation.Contains(complaint, StringComparison.Ordinal));
    }

    [Fact]
    public void Two_parts_with_one_call_break_an_invariant()
    {
        var same = CaptureFile.Load("42-parallel-tools-text").Events
            .Select(static data => JsonElement.Parse(data.GetRawText().Replace("call_*", "call_1", StringComparison.Ordinal)));

        Assert.Contains(EventInvariants.Violations(same), static violation => violation.Contains("has the call of another part", StringComparison.Ordinal));
    }

    [Fact]
    public void Deltas_may_be_cut_differently_when_joined()
    {
        var captured = CaptureFile.Load("01-text-turn").Events.ToList();
        var one = captured.Where(data => !data.GetRawText().Contains("\"delta\":\"there \"", StringComparison.Ordinal)
            && !data.GetRawText().Contains("\"delta\":\"friend\"", StringComparison.Ordinal))
            .Select(data => JsonElement.Parse(data.GetRawText().Replace("\"delta\":\"Hello \"", "\"delta\":\"Hello there friend\"", StringComparison.Ordinal)));

        Assert.Empty(new EventComparison { Rules = EventRules.Tolerant, Detail = EventDetail.Fields }.Differences(captured, one));
    }

    [Theory]
    [InlineData("message.updated", "which was not announced")]
    [InlineData("message.part.updated", "which was not announced")]
    public void A_stream_that_lacks_an_announcement_breaks_an_invariant(string type, string complaint)
    {
        var captured = CaptureFile.Load("01-text-turn").Events.Where(data => data.GetProperty("type").GetString() != type);

        Assert.Contains(EventInvariants.Violations(captured), violation => violation.Contains(complaint, StringComparison.Ordinal));
    }

    [Fact]
    public void A_placeholder_stands_for_any_text_but_a_word_does_not()
    {
        Assert.Null(EventComparison.FirstDifference(JsonNode.Parse("""{"text":"<fixed text>"}"""), JsonNode.Parse("""{"text":"anything"}"""), ""));
        Assert.NotNull(EventComparison.FirstDifference(JsonNode.Parse("""{"text":"fixed"}"""), JsonNode.Parse("""{"text":"anything"}"""), ""));
    }
}
