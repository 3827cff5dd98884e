namespace Capstan.Engine.Tools.Bash.Grammar;

/// <summary>Why a command line is outside the grammar.</summary>
/// <param name="Construct">The construct, in words for the model and for the person who is asked.</param>
/// <param name="Position">Where the construct begins, in characters from the start of the line.</param>
internal sealed record NotUnderstood(string Construct, int Position)
{
    public override string ToString() => $"{Construct} (at character {Position + 1})";
}
