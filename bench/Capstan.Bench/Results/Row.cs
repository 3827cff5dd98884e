namespace Capstan.Bench.Results;

/// <summary>A row of the table.</summary>
/// <param name="Title">What it says in the first column.</param>
/// <param name="Unit">The unit of its values.</param>
/// <param name="Better">Which way is better.</param>
internal sealed record Row(string Title, string Unit, Direction Better = Direction.Lower);
