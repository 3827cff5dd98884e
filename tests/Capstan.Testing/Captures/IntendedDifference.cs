using System.Text.Json.Nodes;

namespace Capstan.Testing.Captures;

/// <summary>
/// A point in which Capstan means to differ from the captured server. Applied to a captured stream it makes of it what Capstan
/// should say; all that it does not name is still compared.
/// </summary>
/// <param name="Name">A short name, as in docs/compatibility.md.</param>
/// <param name="Reason">Why it is better so.</param>
/// <param name="Rewrite">From the captured events to the intended ones.</param>
public sealed record IntendedDifference(string Name, string Reason, Func<IReadOnlyList<JsonObject>, IEnumerable<JsonObject>> Rewrite);
