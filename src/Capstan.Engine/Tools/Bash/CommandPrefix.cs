namespace Capstan.Engine.Tools.Bash;

/// <summary>
/// How much of a command an answer of "always" allows: the words that say what the command does, without its arguments.
/// </summary>
internal static class CommandPrefix
{
    // Programs whose first argument is a subcommand, and programs whose second argument is one as well.
    private static readonly Dictionary<string, int> Words = Table(
        (2, "git npm docker cargo go make pip pip3 kubectl yarn pnpm bun python python3 terraform systemctl apt apt-get brew composer "
            + "deno dotnet gem gradle helm mvn nix node npx podman poetry rustup service uv vault export readonly sh bash dash"),
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

    /// <summary>
    /// Makes the pattern that allows commands of the same kind, such as <c>git status *</c>. Null where the command's words are
    /// unknown or hold a wildcard themselves, or where the program runs other commands with another user's rights.
    /// </summary>
    public static string? AlwaysPattern(ProgramCall call)
    {
        var words = call.Words.Select(static word => word.Known).ToList();
        if (words is not [{ } program, ..] || program is "sudo" or "doas")
            return null;
        var count = Words.GetValueOrDefault(program, 1);
        if (words.Count > 1 && ThreeWords.Contains($"{program} {words[1]}"))
            count = 3;
        var kept = call.Assignments.Select(static assignment => assignment.Value.Known is { } value ? $"{assignment.Name}={value}" : null)
            .Concat(words.Take(count))
            .ToList();
        return kept.TrueForAll(IsPlain) ? string.Join(' ', kept) + " *" : null;
    }

    private static bool IsPlain(string? word) => !string.IsNullOrEmpty(word)
        && word.All(static c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-' or '.' or '/' or ':' or '@' or '%' or '+' or ',' or '='
            or '[' or '~');

    private static Dictionary<string, int> Table(params (int Count, string Names)[] rows) => rows
        .SelectMany(row => row.Names.Split(' '), (row, name) => KeyValuePair.Create(name, row.Count))
        .ToDictionary(StringComparer.Ordinal);
}
