using Capstan.Engine.Permissions;

namespace Capstan.Engine.Tools.Bash;

/// <summary>A path of a command line, as a permission request asks for it.</summary>
/// <param name="Subject">The text that rules are matched with.</param>
/// <param name="Directory">The directory or file that people are shown.</param>
/// <param name="IsKnown">Whether the path is known before the shell runs.</param>
internal sealed record AskedPath(PermissionSubject Subject, string Directory, bool IsKnown);
