namespace Capstan.Engine.Tools.Bash;

/// <summary>How much of a command an answer of "always" grants: the words that say what it does, without their arguments.</summary>
internal static class CommandPrefix
{
    // Commands whose first argument is a command of its own, and those where the second is, too.
    private static readonly Dictionary<string, int> Words = Table(
        (2, "git npm docker cargo go make pip pip3 kubectl yarn pnpm bun python python3 terraform systemctl apt apt-get brew composer "
            + "deno dotnet gem gradle helm mvn nix node npx podman poetry rustup service uv vault"),
        (3, "gh aws az gcloud doctl sfdx"));

    private static readonly HashSet<string> ThreeWords = new(StringComparer.Ordinal)
    {
        "git config", "git remote", "git stash",
        "npm run", "npm exec", "npm init", "npm view",
        "docker compose", "docker container", "docker image", "docker network", "docker volume",
        "cargo add", "cargo run",
        "bun run", "bun x",
        "pnpm run", "pnpm exec", "pnpm dlx",
        "yarn run", "yarn dlx",
        "kubectl rollout", "kubectl kustomize",
    };

    /// <summary>The pattern that grants commands of the same kind, such as <c>git status *</c>.</summary>
    public static string AlwaysPattern(ShellCommand command)
    {
        var words = command.Words;
        // A name that is only known once the shell has run says nothing about a next time.
        if (words.Count == 0 || words[0].HasExpansion)
        {
            return command.Text;
        }

        var count = Words.GetValueOrDefault(words[0].Value, 1);
        if (words.Count > 1 && ThreeWords.Contains($"{words[0].Value} {words[1].Value}"))
            count = 3;
        return string.Join(' ', words.Take(count).Select(word => word.Value)) + " *";
    }

    private static Dictionary<string, int> Table(params (int Count, string Names)[] rows) => rows
        .SelectMany(row => row.Names.Split(' '), (row, name) => KeyValuePair.Create(name, row.Count))
        .ToDictionary(StringComparer.Ordinal);
}
