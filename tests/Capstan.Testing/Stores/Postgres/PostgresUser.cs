using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;

namespace Capstan.Testing.Stores.Postgres;

/// <summary>The user of the system whose processes the servers are: PostgreSQL refuses to run as root.</summary>
internal sealed class PostgresUser
{
    private static readonly string[] Candidates = ["postgres", "nobody"];

    private readonly (uint User, uint Group)? _other;

    private PostgresUser((uint User, uint Group)? other) => _other = other;

    /// <summary>Whoever runs the tests, or an unprivileged user of the machine where that is root.</summary>
    /// <exception cref="InvalidOperationException">There is no such user.</exception>
    public static PostgresUser Choose()
    {
        if (!Environment.IsPrivilegedProcess)
            return new(null);
        var lines = File.ReadLines("/etc/passwd").Select(static line => line.Split(':')).Where(static fields => fields.Length > 3);
        var users = lines.DistinctBy(static fields => fields[0]).ToDictionary(static fields => fields[0]);
        var name = Candidates.FirstOrDefault(users.ContainsKey)
            ?? throw new InvalidOperationException($"No user to run PostgreSQL as: none of {string.Join(", ", Candidates)}.");
        return new((Number(users[name][2]), Number(users[name][3])));
    }

    /// <summary>Gives a directory that is still empty to the user.</summary>
    public void Own(string directory)
    {
        if (_other is { } other && ChangeOwner(Encoding.UTF8.GetBytes(directory + '\0'), other.User, other.Group) != 0)
            throw new IOException($"chown {directory}: {Marshal.GetLastPInvokeErrorMessage()}");
    }

    /// <summary>
    /// How a program is started as the user. The kernel kills it when the thread that started it ends, and so with this process,
    /// however that ends: setpriv asks for it and then becomes the program.
    /// </summary>
    public ProcessStartInfo Describe(string program, IEnumerable<string> arguments, string directory)
    {
        IEnumerable<string> identity = _other is { } other
            ? [$"--reuid={other.User}", $"--regid={other.Group}", "--clear-groups"]
            : [];
        var start = new ProcessStartInfo("setpriv", [.. identity, "--pdeathsig=KILL", program, .. arguments])
        {
            WorkingDirectory = directory,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        // Variables of the user such as PGDATA or PGOPTIONS would change the server, and a language would change its log.
        start.Environment.Clear();
        start.Environment["PATH"] = Environment.GetEnvironmentVariable("PATH") ?? "";
        start.Environment["LC_ALL"] = "C";
        return start;
    }

    private static uint Number(string text) => uint.Parse(text, CultureInfo.InvariantCulture);

    [DllImport("libc", EntryPoint = "chown", ExactSpelling = true, SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int ChangeOwner(byte[] path, uint user, uint group);
}
