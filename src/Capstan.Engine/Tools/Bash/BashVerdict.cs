using Capstan.Contract;

namespace Capstan.Engine.Tools.Bash;

/// <summary>What rules say of a command line.</summary>
/// <param name="Action">The strictest answer to any of the line's asks.</param>
/// <param name="Reason">The permission and the patterns that led to it, or the construct that was not understood.</param>
internal sealed record BashVerdict(PermissionAction Action, string Reason);
