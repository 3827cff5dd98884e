namespace Capstan.Engine.Configuration.Description;

/// <summary>The one description of the configuration: all keys that a file may have.</summary>
internal static class ConfigDescription
{
    /// <summary>A whole file.</summary>
    public static ObjectKind Root { get; } = new([.. OpenCodeKeys.All, CapstanKeys.Root]);

    /// <summary>The keys at the top whose lists of several files add up.</summary>
    public static IReadOnlyList<string> AddingUp { get; } = Names(static key => key.AddsUp);

    /// <summary>The keys at the top that projects may set only where they are trusted.</summary>
    public static IReadOnlyList<string> OfTrustedProjects { get; } = Names(static key => key.Origin == KeyOrigin.TrustedProjects);

    private static string[] Names(Func<ConfigKey, bool> holds) => [.. Root.Keys.Where(holds).Select(static key => key.Name)];
}
