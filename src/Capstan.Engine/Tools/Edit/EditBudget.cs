namespace Capstan.Engine.Tools.Edit;

/// <summary>
/// Limits how much a search for a text may cost, in steps of about one compared character. In a file of twenty thousand lines
/// that look alike, a search would otherwise keep a processor busy for a minute, even after an abort.
/// </summary>
/// <param name="limit">How many steps the search may take.</param>
/// <param name="cancellationToken">Ends the search between two steps.</param>
/// <param name="failure">What the model is told where that is not enough; by default what is true of the edit tool.</param>
internal sealed class EditBudget(long limit, CancellationToken cancellationToken, string? failure = null)
{
    // Each strategy goes over the file and the text a few times, which the steps by character pay for. The fixed steps are for
    // places that look alike, and take about half a second.
    private const long Fixed = 200_000_000;
    private const long PerCharacter = 64;
    private const long BetweenLooks = 65_536;

    private long _nextLook;

    /// <summary>How many steps the search has taken.</summary>
    public long Spent { get; private set; }

    /// <summary>Makes the budget for a file and a text of these lengths.</summary>
    public static EditBudget For(string content, string wanted, CancellationToken cancellationToken, string? failure = null) =>
        new(Fixed + (PerCharacter * ((long)content.Length + wanted.Length)), cancellationToken, failure);

    /// <summary>Takes some steps.</summary>
    /// <exception cref="ToolException">The budget is used up.</exception>
    /// <exception cref="OperationCanceledException">The tool call was cancelled.</exception>
    public void Spend(long steps)
    {
        Spent += steps;
        if (Spent > limit)
        {
            throw new ToolException(failure ??
                "oldString is not in the file exactly, and looking for something like it takes too long: the file has too many lines "
                + "that look alike. Read the file again and give the text exactly, or a shorter piece of it.");
        }

        if (Spent < _nextLook)
            return;
        _nextLook = Spent + BetweenLooks;
        cancellationToken.ThrowIfCancellationRequested();
    }
}
