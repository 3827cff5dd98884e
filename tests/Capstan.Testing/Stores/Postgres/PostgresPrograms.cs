using System.Globalization;

namespace Capstan.Testing.Stores.Postgres;

/// <summary>Where PostgreSQL's programs are.</summary>
internal static class PostgresPrograms
{
    // Debian puts servers of several versions side by side, and none of them on the path.
    private const string Versions = "/usr/lib/postgresql";

    /// <summary>The directory that holds <c>initdb</c> and <c>postgres</c>: one of the path, or the newest that Debian installed.</summary>
    /// <exception cref="InvalidOperationException">There is none.</exception>
    public static string FindDirectory()
    {
        var path = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator);
        var installed = Directory.Exists(Versions) ? Directory.GetDirectories(Versions) : [];
        return path.Where(Path.IsPathFullyQualified)
            .Concat(installed.OrderByDescending(VersionOf).Select(static version => Path.Combine(version, "bin")))
            .FirstOrDefault(static bin => File.Exists(Path.Combine(bin, "initdb")) && File.Exists(Path.Combine(bin, "postgres")))
            ?? throw new InvalidOperationException(
                $"PostgreSQL is not installed: initdb and postgres are neither on the PATH nor below {Versions}. ./test installs it.");
    }

    private static double VersionOf(string directory) =>
        double.TryParse(Path.GetFileName(directory), CultureInfo.InvariantCulture, out var version) ? version : 0;
}
