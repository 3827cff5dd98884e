using System.Text.Json.Nodes;

namespace Capstan.Engine.Configuration.Trust;

/// <summary>
/// How far a project's own files are trusted: the keys <c>capstan.projects</c> and <c>capstan.env</c>, read outside the project.
/// </summary>
/// <param name="IsRestricted">Whether projects are restricted, because others may have written them.</param>
/// <param name="Variables">The environment variables that files of restricted projects may refer to.</param>
internal sealed record ProjectTrust(bool IsRestricted, IReadOnlySet<string> Variables)
{
    /// <summary>The value of <c>capstan.projects</c> that trusts projects; it is the default.</summary>
    public const string Trusted = "trusted";

    /// <summary>The value of <c>capstan.projects</c> that restricts projects.</summary>
    public const string Restricted = "restricted";

    /// <summary>The trust under which projects may do what OpenCode lets them do.</summary>
    public static ProjectTrust Full { get; } = new(IsRestricted: false, new HashSet<string>());

    /// <summary>Reads the trust from the layers that are not the project's.</summary>
    public static ProjectTrust Read(JsonObject outside)
    {
        var capstan = outside.Map("capstan");
        // A value that is not valid is reported elsewhere; until somebody corrects it, no project is trusted.
        var isTrusted = capstan?["projects"] is not { } mode || mode.AsText() == Trusted;
        return new ProjectTrust(!isTrusted, new HashSet<string>(capstan.Texts("env") ?? [], StringComparer.Ordinal));
    }
}
