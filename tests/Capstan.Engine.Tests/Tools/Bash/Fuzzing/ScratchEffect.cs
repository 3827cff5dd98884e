namespace Capstan.Engine.Tests.Tools.Bash.Fuzzing;

/// <summary>What a command line did.</summary>
/// <param name="Removed">Whether <c>rm</c> ran, the marker or the system's own.</param>
/// <param name="Changed">The files that are new, gone or different, from the top of the scratch directory.</param>
internal sealed record ScratchEffect(bool Removed, IReadOnlyList<string> Changed);
