namespace Capstan.Engine.Configuration.Redaction;

/// <summary>
/// Tells names under which people keep secrets: keys of configurations, headers, environment variables, parameters of addresses.
/// </summary>
internal static class SecretNames
{
    // A name that has one of these words is a secret's, whatever its other words are.
    private static readonly HashSet<string> Words = new(StringComparer.OrdinalIgnoreCase)
    {
        "key", "keys", "apikeys", "tokens", "secrets", "passwords", "passwd", "pwd", "pass", "pat", "pin", "cred", "creds", "cookie", "cookies",
        "authorization", "auth", "authentication", "bearer", "jwt", "signature", "sig", "dsn", "otp", "session",
    };

    // A name that has a word with one of these endings is a secret's,
    // because people also write names without separators: authtoken.
    private static readonly string[] Endings =
        ["apikey", "token", "secret", "password", "passphrase", "credential", "credentials", "accesskey", "privatekey", "secretkey"];

    /// <summary>Whether a value under this name is a secret.</summary>
    public static bool IsSecret(string name)
    {
        foreach (var range in WordsOf(name))
        {
            var word = name.AsSpan(range);
            if (Words.GetAlternateLookup<ReadOnlySpan<char>>().Contains(word))
                return true;
            foreach (var ending in Endings)
            {
                if (word.EndsWith(ending, StringComparison.OrdinalIgnoreCase))
                    return true;
            }
        }

        return false;
    }

    /// <summary>
    /// Splits a name into its words, however they are separated: <c>apiKey</c>, <c>api_key</c>, <c>API-KEY</c>, <c>api.key</c>.
    /// </summary>
    private static List<Range> WordsOf(string name)
    {
        var words = new List<Range>();
        var start = 0;
        for (var i = 0; i < name.Length; i++)
        {
            if (!char.IsLetterOrDigit(name[i]))
            {
                Add(i);
                start = i + 1;
            }
            else if (i > start && BeginsWord(name, i))
            {
                Add(i);
                start = i;
            }
        }

        Add(name.Length);
        return words;

        void Add(int end)
        {
            if (end > start)
                words.Add(start..end);
        }
    }

    // A word begins at the K of apiKey and at the S of APIKeySecret, but not within PAT.
    private static bool BeginsWord(string name, int at) =>
        char.IsUpper(name[at])
        && (!char.IsUpper(name[at - 1]) || (at + 1 < name.Length && char.IsLower(name[at + 1])));
}
