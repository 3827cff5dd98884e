using System.Diagnostics;
using Capstan.Engine.Tools.Bash;

namespace Capstan.Engine.Tests.Tools.Bash.Fuzzing;

/// <summary>
/// Runs command lines with the real bash, the way the bash tool starts it, in a directory that is as new for each. The programs on
/// its path are harmless: <c>rm</c> notes that it ran, <c>git</c> and <c>ls</c> do nothing. No line lives longer than two seconds.
/// </summary>
internal sealed class ScratchShell : IDisposable
{
    private const string Limited = "ulimit -t 1; ulimit -f 64; ulimit -c 0; exec \"$0\" -c \"$1\" </dev/null 2>&1";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    private static readonly string[] Directories = ["cell/work/src", "cell/work/out", "cell/work/secret", "cell/home"];

    private static readonly (string Path, string Text)[] Files =
        [("cell/work/v", "v"), ("cell/work/src/a", "a"), ("cell/work/secret/f", "s"), ("cell/outside", "o")];

    private readonly string _top = Directory.CreateTempSubdirectory("capstan-fuzz-").FullName;
    private readonly string _ran;

    public ScratchShell()
    {
        _ran = Path.Combine(_top, "marks", "ran");
        var bin = Directory.CreateDirectory(Path.Combine(_top, "bin")).FullName;
        var (marker, marks) = (Path.Combine(bin, "rm"), Path.Combine(_top, "mark"));
        File.WriteAllText(marks, $": > '{_ran}'\n");
        // The NUL makes it no script: "bash rm" looks for one on the path, and would not run a real rm either.
        File.WriteAllText(marker, $"#!/bin/sh {marks}\n\0\n");
        foreach (var name in (string[])["git", "ls"])
            File.CreateSymbolicLink(Path.Combine(bin, name), "/bin/true");
        foreach (var name in (string[])["bash", "sh", "cat", "env", "find", "nice", "nohup", "setsid", "test", "timeout", "xargs", "true", "false"])
            File.CreateSymbolicLink(Path.Combine(bin, name), "/usr/bin/" + name);
        Directory.CreateDirectory(Path.GetDirectoryName(_ran)!);
        // The lines of an administrator's run belong to nobody, who must be able to work here.
        foreach (var path in (string[])[_top, Path.GetDirectoryName(_ran)!, marks, marker, bin])
            Share(path);
        Renew();
    }

    public string Workspace => Path.Combine(_top, "cell/work");

    /// <summary>What running the line did.</summary>
    public ScratchEffect Run(string line)
    {
        File.Delete(_ran);
        using var process = Start(line);
        process.StandardInput.Close();
        using var patience = new CancellationTokenSource(Patience);
        try
        {
            // Ends when nobody holds the pipe any more, those in the background included.
            process.StandardOutput.BaseStream.CopyToAsync(Stream.Null, patience.Token).GetAwaiter().GetResult();
            process.WaitForExitAsync(patience.Token).GetAwaiter().GetResult();
        }
        catch (OperationCanceledException)
        {
            // It goes on without an end, or waits for one: what it did until now is what counts.
        }

        ProcessSignals.Send(-process.Id, ProcessSignals.Kill);
        process.WaitForExit();
        var effect = Look();
        if (effect.Changed.Count > 0)
            Renew();
        return effect;
    }

    public void Dispose() => Directory.Delete(_top, recursive: true);

    private Process Start(string line)
    {
        string[] words = ["setsid", "/bin/sh", "-c", Limited, "/bin/bash", line];
        if (Environment.UserName == "root")
            words = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", .. words];
        var start = new ProcessStartInfo(words[0])
        {
            WorkingDirectory = Workspace, RedirectStandardOutput = true, RedirectStandardInput = true, UseShellExecute = false,
        };
        foreach (var word in words.Skip(1))
            start.ArgumentList.Add(word);
        start.Environment.Clear();
        start.Environment["PATH"] = Path.Combine(_top, "bin");
        start.Environment["HOME"] = Path.Combine(_top, "cell/home");
        // Functions that call themselves end soon.
        start.Environment["FUNCNEST"] = "6";
        return Process.Start(start)!;
    }

    private ScratchEffect Look()
    {
        var expected = Files.ToDictionary(static file => file.Path, static file => file.Text, StringComparer.Ordinal);
        var changed = new List<string>();
        foreach (var path in Directory.EnumerateFiles(Path.Combine(_top, "cell"), "*", SearchOption.AllDirectories))
        {
            var name = Path.GetRelativePath(_top, path);
            if (!expected.Remove(name, out var text) || new FileInfo(path).Length != text.Length || File.ReadAllText(path) != text)
                changed.Add(name);
        }

        // Without a path, bash and its helpers find the system's own rm; then it is a file that tells.
        var isGone = expected.Count > 0 || Directories.Any(directory => !Directory.Exists(Path.Combine(_top, directory)));
        changed.AddRange(expected.Keys);
        return new ScratchEffect(File.Exists(_ran) || isGone, changed);
    }

    private void Renew()
    {
        if (Directory.Exists(Path.Combine(_top, "cell")))
            Directory.Delete(Path.Combine(_top, "cell"), recursive: true);
        foreach (var directory in Directories)
            Directory.CreateDirectory(Path.Combine(_top, directory));
        foreach (var directory in Directory.EnumerateDirectories(Path.Combine(_top, "cell"), "*", SearchOption.AllDirectories))
            Share(directory);
        Share(Path.Combine(_top, "cell"));
        foreach (var (path, text) in Files)
        {
            File.WriteAllText(Path.Combine(_top, path), text);
            Share(Path.Combine(_top, path));
        }
    }

    private static void Share(string path)
    {
        if (OperatingSystem.IsWindows())
            throw new PlatformNotSupportedException("Commands run in bash");
        const UnixFileMode Everybody = (UnixFileMode)0x1FF;
        File.SetUnixFileMode(path, Everybody);
    }
}
