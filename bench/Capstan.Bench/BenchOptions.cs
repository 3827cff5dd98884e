using Capstan.Bench.Servers;

namespace Capstan.Bench;

/// <summary>What the command line asked for.</summary>
/// <param name="CapstanDirectory">Where Capstan is published; null leaves it out.</param>
/// <param name="OpenCodeDirectory">Where OpenCode is installed; null leaves it out.</param>
/// <param name="Stores">What Capstan keeps its sessions in: it has a column for each.</param>
/// <param name="Publish">Whether to publish Capstan first.</param>
/// <param name="Measurements">The names of the measurements to take.</param>
/// <param name="Quick">Whether the small scale is enough.</param>
/// <param name="MarkdownFile">A file for the report besides standard output.</param>
/// <param name="Keep">Whether homes and logs stay.</param>
internal sealed record BenchOptions(
    string? CapstanDirectory,
    string? OpenCodeDirectory,
    IReadOnlyList<StoreKind> Stores,
    bool Publish,
    IReadOnlyList<string> Measurements,
    bool Quick,
    string? MarkdownFile,
    bool Keep);
