using Capstan.Contract;

namespace Capstan.Engine.Tools.Bash;

/// <summary>The decision of rules on a command line.</summary>
/// <param name="Action">The strictest decision on any permission that the line needs.</param>
/// <param name="Reason">
/// The permission and the patterns that led to the decision, or the construct that was not understood.
/// </param>
internal sealed record BashVerdict(PermissionAction Action, string Reason);
