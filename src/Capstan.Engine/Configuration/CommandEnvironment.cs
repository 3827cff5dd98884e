using System.Text.Json.Nodes;
using Capstan.Engine.Configuration.Redaction;

namespace Capstan.Engine.Configuration;

/// <summary>
/// Which of the server's environment variables the commands of tool calls get: those on a list
/// (<c>docs/security.md</c>), and those that the configuration adds. All others are the server's
/// own: its password, keys of models, secrets of other programs on the machine.
/// </summary>
public sealed class CommandEnvironment
{
    // These variables are never passed on, whatever the configuration says: with the
    // server's password, a command could answer its own permission requests.
    private static readonly string[] Never =
    [
        "OPENCODE_SERVER_PASSWORD", "OPENCODE_SERVER_USERNAME", "OPENCODE_AUTH_CONTENT", "OPENCODE_CONFIG_CONTENT", "CAPSTAN_STORE",
    ];

    // Variables by full name: the user and the place, the language, the
    // terminal, agents that use keys without giving them away, the network.
    private static readonly HashSet<string> Names = new(StringComparer.Ordinal)
    {
        "PATH", "HOME", "USER", "LOGNAME", "SHELL", "HOSTNAME", "TMPDIR", "TMP", "TEMP", "TZ", "LANG", "LANGUAGE", "UMASK",
        "TERM", "COLORTERM", "TERM_PROGRAM", "COLUMNS", "LINES", "NO_COLOR", "FORCE_COLOR", "CLICOLOR", "EDITOR", "VISUAL", "PAGER",
        "LESS", "MANPATH", "INFOPATH", "LD_LIBRARY_PATH", "DISPLAY", "WAYLAND_DISPLAY", "XAUTHORITY", "DBUS_SESSION_BUS_ADDRESS",
        "SSH_AUTH_SOCK", "SSH_AGENT_PID", "GPG_AGENT_INFO", "GNUPGHOME", "CI", "DEBIAN_FRONTEND", "WSL_DISTRO_NAME", "WSLENV",
        "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY", "FTP_PROXY", "http_proxy", "https_proxy", "all_proxy", "no_proxy", "ftp_proxy",
        "SSL_CERT_FILE", "SSL_CERT_DIR", "CURL_CA_BUNDLE", "REQUESTS_CA_BUNDLE", "NODE_EXTRA_CA_CERTS",
        "CC", "CXX", "CPP", "LD", "AR", "AS", "NM", "RANLIB", "STRIP", "CFLAGS", "CXXFLAGS", "CPPFLAGS", "LDFLAGS", "MAKEFLAGS", "MAKE",
        "GOPATH", "GOROOT", "GOBIN", "GOCACHE", "GOMODCACHE", "GOFLAGS", "GOPROXY", "GOPRIVATE", "GONOPROXY", "GOSUMDB", "GONOSUMDB", "GOOS",
        "GOARCH", "GOTOOLCHAIN", "GOWORK", "GO111MODULE", "VIRTUAL_ENV", "KUBECONFIG", "DOCKER_HOST", "DOCKER_CONTEXT",
    };

    // Variables by the beginning of their names: toolchains and their settings.
    private static readonly string[] Families =
    [
        "LC_", "XDG_", "GIT_", "NODE_", "NPM_CONFIG_", "npm_config_", "NVM_", "PNPM_", "YARN_", "COREPACK_", "BUN_", "DENO_", "PYTHON", "PIP_",
        "UV_", "POETRY_", "PYENV_", "CONDA_", "RUBY", "GEM_", "BUNDLE_", "RBENV_", "CGO_", "CARGO_", "RUST", "DOTNET_", "NUGET_", "MSBUILD",
        "JAVA_", "JDK_", "MAVEN_", "GRADLE_", "SDKMAN_", "ANDROID_", "FLUTTER_", "SWIFT_", "PHP_", "COMPOSER_", "PERL", "LUA_", "R_LIBS",
        "ASDF_", "MISE_", "CMAKE_", "PKG_CONFIG", "CCACHE_", "NIX_", "GUIX_", "HOMEBREW_", "PLAYWRIGHT_", "CHROME_", "PUPPETEER_",
    ];

    private readonly Dictionary<string, string> _passed = new(StringComparer.Ordinal);
    private readonly List<string> _withheld = [];

    private CommandEnvironment(ProcessEnvironment environment, IReadOnlySet<string> credentials, IReadOnlyList<string> further)
    {
        foreach (var (name, value) in environment.All)
        {
            if (IsPassed(name, credentials, further))
                _passed[name] = value;
            else
                _withheld.Add(name);
        }
    }

    /// <summary>The variables that commands get.</summary>
    public IReadOnlyDictionary<string, string> Passed => _passed;

    /// <summary>The names of the server's variables that commands do not get.</summary>
    public IReadOnlyList<string> Withheld => _withheld;

    /// <summary>Makes the environment of a workspace's commands.</summary>
    /// <param name="environment">The server's variables.</param>
    /// <param name="config">The workspace's configuration, which says which variables hold keys.</param>
    /// <param name="further">
    /// Names of variables to pass on in addition to the list; a <c>*</c> at the end stands for any characters.
    /// </param>
    public static CommandEnvironment Of(ProcessEnvironment environment, WorkspaceConfig config, IReadOnlyList<string> further)
    {
        ArgumentNullException.ThrowIfNull(environment);
        ArgumentNullException.ThrowIfNull(config);
        ArgumentNullException.ThrowIfNull(further);
        var credentials = new HashSet<string>(config.ReferencedVariables, StringComparer.Ordinal);
        foreach (var provider in new[] { config.Providers, config.Outside.Map("provider") ?? [] }.SelectMany(static providers => providers))
            credentials.UnionWith((provider.Value as JsonObject).Texts("env") ?? []);
        return new CommandEnvironment(environment, credentials, further);
    }

    /// <summary>Makes the environment of commands that belong to no workspace.</summary>
    public static CommandEnvironment Of(ProcessEnvironment environment)
    {
        ArgumentNullException.ThrowIfNull(environment);
        return new CommandEnvironment(environment, new HashSet<string>(), []);
    }

    /// <summary>Whether a variable is on the list, whatever the configuration adds or withholds.</summary>
    internal static bool IsListed(string name) =>
        Names.Contains(name)
        || (Array.Exists(Families, family => name.StartsWith(family, StringComparison.Ordinal)) && !SecretNames.IsSecret(name));

    /// <summary>Whether a variable's name says that it holds a secret, which commands do not get by default.</summary>
    internal static bool IsSecret(string name) => Never.Contains(name) || (SecretNames.IsSecret(name) && !Names.Contains(name));

    private static bool IsPassed(string name, IReadOnlySet<string> credentials, IReadOnlyList<string> further)
    {
        if (Never.Contains(name))
            return false;
        // A configuration that names a variable in full means that variable, even if it holds a provider's key.
        if (further.Contains(name))
            return true;
        var isAdded = further.Any(pattern => pattern.EndsWith('*') && name.StartsWith(pattern[..^1], StringComparison.Ordinal));
        return !credentials.Contains(name) && (IsListed(name) || (isAdded && !SecretNames.IsSecret(name)));
    }
}
