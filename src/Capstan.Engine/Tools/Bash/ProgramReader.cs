using Capstan.Engine.Tools.Bash.Grammar;

namespace Capstan.Engine.Tools.Bash;

/// <summary>
/// Finds what a call runs, including the programs that it runs in turn, and in which directories it leaves the shell. A call that
/// cannot be read from its words alone is not understood.
/// </summary>
internal sealed class ProgramReader(ScriptWalk walk, VariableFacts facts, ScriptFindings findings)
{
    private static readonly HashSet<string> TakesPaths = ShellBuiltins.Set("rm cp mv mkdir rmdir touch chmod chown cat ln tee truncate");

    private int _depth;

    /// <summary>Whether the arguments of a program are known to be paths.</summary>
    public static bool TakesPath(string program) => TakesPaths.Contains(program) || program is "cd" or "chdir" or "pushd";

    /// <summary>
    /// Reads a call that may begin in any of these directories. Returns where
    /// the shell may be after the call, for success and for failure.
    /// </summary>
    public DirectoryOutcome Read(ProgramCall call, int position, DirectorySet from)
    {
        var unchanged = new DirectoryOutcome(from, from);
        if (Refuse(call) is { } construct)
        {
            findings.Fail(construct, position);
            return unchanged;
        }

        findings.Commands.Add(JudgedCommand.Of(call));
        if (TakesPaths.Contains(call.BaseName))
        {
            foreach (var word in call.Arguments)
            {
                if (KnownPath.BeginningOf(word, facts) is { } path)
                    findings.Add(PathUse.Visit, word, path, from);
                else if (!KnownPath.IsCertain(word, facts))
                    findings.Add(PathUse.Visit, word, null, from);
            }
        }

        if (call is { IsInShell: true, Program: "cd" or "chdir" or "pushd" or "popd" })
            return ChangeDirectory(call, from);
        // Only a plain exit certainly ends the shell: with a redirection that fails, for example, the shell may go on.
        if (call is { IsInShell: true, Program: "exit", Written: { } written, Assignments: [] } && !written.AsSpan().ContainsAny('<', '>')
            && call.Words is [_] or [_, { Known: [>= '0' and <= '9'] or [>= '0' and <= '9', >= '0' and <= '9'] }])
            return new DirectoryOutcome(DirectorySet.Nowhere, DirectorySet.Nowhere);
        return ReadInner(call, position, from);
    }

    private string? Refuse(ProgramCall call)
    {
        if (call.Program is not { } program)
            return "a program that is named by an expansion or a pattern";
        // Some wrappers still read an option where their options seem to have ended.
        if (program.Length == 0 || program[0] is '-' or '+' || !program.All(IsNameCharacter))
            return "a program with an odd name";
        foreach (var assignment in call.Assignments)
        {
            if (ShellVariables.IsSpecial(assignment, isInFront: true, call.BaseName))
                return $"an assignment to {assignment.Name}";
        }

        return ShellBuiltins.Refuse(call.BaseName) ?? BuiltinRules.Refuse(call, facts, walk.Dialect)
            ?? InterpreterOptions.Refuse(call);
    }

    private static bool IsNameCharacter(char c) =>
        char.IsAsciiLetterOrDigit(c) || c is '_' or '-' or '.' or '/' or ':' or '@' or '%' or '+' or ',' or '[' or '~';

    private DirectoryOutcome ReadInner(ProgramCall call, int position, DirectorySet from)
    {
        var outcome = new DirectoryOutcome(from, from);
        if (++_depth > ShellCursor.MaxDepth)
        {
            findings.Fail("programs that run one another too deep", position);
        }
        else if (call.BaseName == "find")
        {
            ReadFind(call, position, from);
        }
        else if (ScriptPrograms.IsShell(call.BaseName))
        {
            var refusal = ScriptPrograms.ReadShell(call, out var script);
            if (refusal is not null)
                findings.Fail(refusal, position);
            else if (script is not null)
                walk.ReadInner(script, ScriptPrograms.DialectOf(call.BaseName)!.Value, from);
        }
        else if (Wrapper.Find(call.BaseName) is { } wrapper)
        {
            if (!WrappedCall.TryRead(call, wrapper, out var inner))
                findings.Fail($"a word of {call.BaseName} that is not read here", position);
            else if (inner is not null && Read(inner, position, from) is var inside && inner.IsInShell)
                outcome = inside;
        }

        _depth--;
        return outcome;
    }

    private void ReadFind(ProgramCall call, int position, DirectorySet from)
    {
        if (FindCall.TryRead(call, facts) is not { } reading)
        {
            findings.Fail("find with words that are not known", position);
            return;
        }

        foreach (var word in reading.Written)
            findings.Add(PathUse.Write, word, KnownPath.Of(word, facts), from);
        // With -execdir and -okdir, the programs run in the directories of the files that are found.
        foreach (var inner in reading.Calls)
            Read(inner, position, call.Arguments.Any(static word => word.Known is "-execdir" or "-okdir") ? DirectorySet.Anywhere : from);
    }

    private DirectoryOutcome ChangeDirectory(ProgramCall call, DirectorySet from)
    {
        var words = call.Arguments.SkipWhile(static word => word.Known is "-L" or "-P" or "-e" or "-n").ToList();
        if (words is [{ Known: "--" }, ..])
            words.RemoveAt(0);
        if (call.Program == "popd")
            return new DirectoryOutcome(DirectorySet.Anywhere, DirectorySet.Anywhere);
        var target = words switch
        {
            [] when call.Program is "cd" && !facts.IsAssigned("HOME") => Environment.GetFolderPath(Environment.SpecialFolder.UserProfile),
            [{ Known: not "-" } word] when KnownPath.Of(word, facts) is { } path && path.Length > 0 && path[0] != '+' => path,
            _ => null,
        };
        var named = words.Count > 0 ? words[0] : call.Words[0];
        if (words.Count > 0 || target is not null || call.Program is "cd")
            findings.Add(PathUse.Visit, named, target, from);
        var there = target is null || walk.IsAnywhere ? DirectorySet.Anywhere : from.Enter(target);
        return call.Program == "pushd"
            ? new DirectoryOutcome(DirectorySet.Anywhere, DirectorySet.Anywhere)
            : new DirectoryOutcome(there, from);
    }
}
