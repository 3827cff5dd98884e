namespace Capstan.Engine.Configuration;

/// <summary>The server's environment variables, read once, so that tests can pass their own.</summary>
public sealed class ProcessEnvironment
{
    private readonly IReadOnlyDictionary<string, string> _variables;

    /// <summary>Creates an environment of the given variables.</summary>
    public ProcessEnvironment(IReadOnlyDictionary<string, string> variables)
    {
        ArgumentNullException.ThrowIfNull(variables);
        _variables = variables;
    }

    /// <summary>Reads the variables of this process as they are now.</summary>
    public static ProcessEnvironment Current()
    {
        var found = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (System.Collections.DictionaryEntry entry in Environment.GetEnvironmentVariables())
            found[(string)entry.Key] = (string?)entry.Value ?? "";
        return new ProcessEnvironment(found);
    }

    /// <summary>
    /// Reads the variables of this process, and on Linux blanks secrets among them in
    /// the initial environment, which the system shows to commands of tool calls.
    /// </summary>
    public static ProcessEnvironment Take()
    {
        // Reading comes first: when all variables are read, the runtime makes its own copy, which stays as it is.
        var environment = Current();
        if (OperatingSystem.IsLinux())
        {
            foreach (var name in environment.All.Keys.Where(CommandEnvironment.IsSecret))
                InitialEnvironment.Blank(name);
        }

        return environment;
    }

    /// <summary>All variables.</summary>
    internal IReadOnlyDictionary<string, string> All => _variables;

    /// <summary>A variable's value; null where it is absent or empty, which OpenCode treats alike.</summary>
    public string? this[string name] => _variables.TryGetValue(name, out var value) && value.Length > 0 ? value : null;

    /// <summary>Whether a switch is on, which is to say set to <c>1</c> or <c>true</c>.</summary>
    public bool Flag(string name) =>
        this[name] is { } value && (value == "1" || value.Equals("true", StringComparison.OrdinalIgnoreCase));
}
