using System.Text.Json.Nodes;

namespace Capstan.Engine.Configuration.Trust;

/// <summary>How far a project's own files are trusted: <c>capstan.projects</c> and <c>capstan.env</c>, read outside the project.</summary>
/// <param name="IsRestricted">Whether projects may have been written by others.</param>
/// <param name="Variables">The variables that their files may read then.</param>
internal sealed record ProjectTrust(bool IsRestricted, IReadOnlySet<string> Variables)
{
    /// <summary>The value of <c>capstan.projects</c> that trusts them, which is the default.</summary>
    public const string Trusted = "trusted";

    /// <summary>The value that restricts them.</summary>
    public const string Restricted = "restricted";

    /// <summary>Projects do what OpenCode lets them do.</summary>
    public static ProjectTrust Full { get; } = new(IsRestricted: false, new HashSet<string>());

    /// <summary>Reads it from the layers that are not the project's.</summary>
    public static ProjectTrust Read(JsonObject outside)
    {
        var capstan = outside.Map("capstan");
        // A value that cannot be understood is reported elsewhere; until it is mended nothing is trusted.
        var isTrusted = capstan?["projects"] is not { } mode || mode.AsText() == Trusted;
        return new ProjectTrust(!isTrusted, new HashSet<string>(capstan.Texts("env") ?? [], StringComparer.Ordinal));
    }
}
