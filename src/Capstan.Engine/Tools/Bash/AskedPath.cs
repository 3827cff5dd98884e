using Capstan.Engine.Permissions;

namespace Capstan.Engine.Tools.Bash;

/// <summary>A path as it is asked for.</summary>
/// <param name="Subject">What rules are matched with.</param>
/// <param name="Directory">What people are shown: the directory or file itself.</param>
/// <param name="IsKnown">Whether it is known before the shell runs.</param>
internal sealed record AskedPath(PermissionSubject Subject, string Directory, bool IsKnown);
