namespace Capstan.Engine.Configuration.Redaction;

/// <summary>
/// The secrets of the server itself, which the environment holds: its password, and the address of its database with the password in
/// it. They are nobody else's: no provider is sent them, and no text that is shown or sent may hold them.
/// </summary>
internal static class ServerSecrets
{
    private static readonly string[] Variables = ["OPENCODE_SERVER_PASSWORD", "CAPSTAN_STORE"];

    /// <summary>The secrets, each with the variable that holds it.</summary>
    public static IEnumerable<(string Name, string Value)> Of(ProcessEnvironment environment)
    {
        foreach (var name in Variables)
        {
            if (environment[name] is not { Length: > 0 } value)
                continue;
            yield return (name, value);
            if (PasswordIn(value) is { Length: > 0 } password)
                yield return (name, password);
        }
    }

    /// <summary>The password of an address such as <c>postgres://user:password@host</c>, decoded; null where it has none.</summary>
    private static string? PasswordIn(string address)
    {
        var start = address.IndexOf("://", StringComparison.Ordinal);
        if (start < 0)
            return null;
        var authority = address[(start + 3)..].Split('/', '?')[0];
        var at = authority.LastIndexOf('@');
        var colon = authority.IndexOf(':', StringComparison.Ordinal);
        return at < 0 || colon < 0 || colon > at ? null : Uri.UnescapeDataString(authority[(colon + 1)..at]);
    }
}
