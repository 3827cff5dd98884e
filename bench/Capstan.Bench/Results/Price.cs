using Capstan.Bench.Processes;

namespace Capstan.Bench.Results;

/// <summary>What requests of one kind take of the clock and of the processors.</summary>
/// <param name="Times">How long each took, in milliseconds.</param>
/// <param name="Processor">The processor time of one of them, on average.</param>
internal sealed record Price(Percentiles Times, ProcessorTime Processor);
