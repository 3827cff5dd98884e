using System.Diagnostics;

namespace Capstan.Testing.Servers;

/// <summary>The program that was built along with the tests that run.</summary>
internal static class BuiltProgram
{
    /// <summary>How it is started, with nothing of this process's environment but the variables that are given.</summary>
    /// <param name="directory">Where.</param>
    /// <param name="arguments">The command line.</param>
    /// <param name="variables">All of its environment.</param>
    /// <param name="before">What a shell does first, in the directory.</param>
    public static ProcessStartInfo Describe(
        string directory, IReadOnlyList<string> arguments, IReadOnlyDictionary<string, string> variables, string? before = null)
    {
        IReadOnlyList<string> program = [Host(), Path(), .. arguments];
        if (before is not null)
            program = ["/bin/sh", "-c", $"{before}; exec \"$@\"", "sh", .. program];
        var start = new ProcessStartInfo(program[0], program.Skip(1))
        {
            WorkingDirectory = directory,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
        };
        start.Environment.Clear();
        foreach (var (name, value) in variables)
            start.Environment[name] = value;
        if (Environment.GetEnvironmentVariable("DOTNET_ROOT") is { } root)
            start.Environment["DOTNET_ROOT"] = root;
        return start;
    }

    // By its path: a test may give the program a PATH on which nothing is found.
    private static string Host()
    {
        if (Environment.ProcessPath is { } path && System.IO.Path.GetFileNameWithoutExtension(path) == "dotnet")
            return path;
        var places = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(System.IO.Path.PathSeparator);
        return places.Select(static place => System.IO.Path.Combine(place, "dotnet")).FirstOrDefault(File.Exists) ?? "dotnet";
    }

    /// <summary>The same configuration, in this repository.</summary>
    private static string Path()
    {
        // …/tests/Capstan.Server.Tests/bin/Release/net10.0
        var output = new DirectoryInfo(System.IO.Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory));
        var root = output.Parent!.Parent!.Parent!.Parent!.Parent!;
        return System.IO.Path.Combine(root.FullName, "src", "Capstan", "bin", output.Parent.Name, output.Name, "capstan.dll");
    }
}
