namespace Capstan.Engine.Tools.Edit;

/// <summary>
/// How much looking for a text may cost, in steps of about one compared character. A file of twenty thousand alike lines would
/// otherwise keep a processor busy for a minute, after the abort as well.
/// </summary>
/// <param name="limit">How many steps there are.</param>
/// <param name="cancellationToken">Ends the search between two steps.</param>
internal sealed class EditBudget(long limit, CancellationToken cancellationToken)
{
    // Every strategy goes over file and text a few times; the rest is for places that look alike, half a second or so.
    private const long Fixed = 200_000_000;
    private const long PerCharacter = 64;
    private const long BetweenLooks = 65_536;

    private long _nextLook;

    /// <summary>How many steps have been made.</summary>
    public long Spent { get; private set; }

    /// <summary>What is reasonable for a file and a text of these lengths.</summary>
    public static EditBudget For(string content, string wanted, CancellationToken cancellationToken) =>
        new(Fixed + (PerCharacter * ((long)content.Length + wanted.Length)), cancellationToken);

    /// <summary>Makes some steps.</summary>
    /// <exception cref="ToolException">There are no more.</exception>
    /// <exception cref="OperationCanceledException">The call was given up.</exception>
    public void Spend(long steps)
    {
        Spent += steps;
        if (Spent > limit)
        {
            throw new ToolException(
                "oldString is not in the file exactly, and looking for something like it takes too long: the file has too many lines "
                + "that look alike. Read the file again and give the text exactly, or a shorter piece of it.");
        }

        if (Spent < _nextLook)
            return;
        _nextLook = Spent + BetweenLooks;
        cancellationToken.ThrowIfCancellationRequested();
    }
}
