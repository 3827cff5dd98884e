using Capstan.Engine.Storage;
using Capstan.Engine.Turns;
using Xunit;

namespace Capstan.Engine.Tests.Turns;

/// <summary>R7: a turn learns of every write that it lost, also of one that is lost while an earlier one is being mended.</summary>
public sealed class LostWritesTests
{
    private readonly LostWrites _lost = new();

    [Fact]
    public void What_was_lost_after_the_look_is_found_by_the_next()
    {
        Add("first");
        var found = _lost.Find("ses_1")!;
        Assert.Equal("first", found.Reason);
        Add("second");

        _lost.Forget("ses_1", found);

        found = _lost.Find("ses_1")!;
        Assert.Equal(2, found.Count);
        _lost.Forget("ses_1", found);
        Assert.Null(_lost.Find("ses_1"));
    }

    [Fact]
    public void A_session_is_not_told_of_anothers_loss()
    {
        Add("first");
        Assert.Null(_lost.Find("ses_2"));
    }

    [Fact]
    public void A_store_that_was_away_is_the_reason_only_where_it_is_the_only_one()
    {
        _lost.Add("ses_1", new StoreUnavailableException("away", new IOException()));
        Assert.True(_lost.Find("ses_1")!.IsAway);

        Add("refused");

        Assert.False(_lost.Find("ses_1")!.IsAway);
    }

    private void Add(string reason) => _lost.Add("ses_1", new IOException(reason));
}
