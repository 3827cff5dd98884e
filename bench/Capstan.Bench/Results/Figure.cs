namespace Capstan.Bench.Results;

/// <summary>One cell: what a measurement found for one server.</summary>
/// <param name="Row">Where it stands.</param>
/// <param name="Value">The value in the row's unit; null when the measurement failed.</param>
/// <param name="Samples">What it rests on, such as <c>200 prompts</c>, or why it failed.</param>
internal sealed record Figure(Row Row, double? Value, string Samples);
