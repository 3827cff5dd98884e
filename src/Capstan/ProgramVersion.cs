using System.Reflection;

namespace Capstan;

/// <summary>The version of this program.</summary>
internal static class ProgramVersion
{
    /// <summary>The version as <c>--version</c>, <c>/global/health</c> and new sessions show it.</summary>
    public static string Current { get; } =
        typeof(ProgramVersion).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion.Split('+')[0];
}
