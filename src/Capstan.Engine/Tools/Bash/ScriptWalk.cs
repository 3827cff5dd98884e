using Capstan.Engine.Tools.Bash.Grammar;

namespace Capstan.Engine.Tools.Bash;

/// <summary>
/// Walks through a script along all ways that the shell may take, and notes the commands that it runs and the paths that it uses,
/// with the directories in which the shell may then be.
/// </summary>
internal sealed class ScriptWalk
{
    private readonly ScriptFindings _findings;
    private readonly VariableFacts _facts;
    private readonly ProgramReader _programs;
    private readonly DirectorySet? _inFunctions;
    private readonly int _depth;

    private ScriptWalk(ShellNode root, ShellDialect dialect, VariableFacts? outer, ScriptFindings findings, int depth)
    {
        Dialect = dialect;
        _findings = findings;
        _depth = depth;
        _facts = new VariableFacts(root, outer);
        _programs = new ProgramReader(this, _facts, findings);
        // Calls of functions are not followed. A function could change the directory for the commands after its call, so a script
        // with a function is only walked with known directories if nothing in it changes directory.
        if (ShellTree.Descend(root).Any(static node => node is ShellFunction) && ShellTree.Descend(root).Any(ChangesDirectory))
            _inFunctions = DirectorySet.Anywhere;
    }

    /// <summary>The grammar of the shell that reads the script.</summary>
    public ShellDialect Dialect { get; }

    /// <summary>
    /// Whether the shell may be in any directory at any time, because a call of a function may change directory.
    /// </summary>
    public bool IsAnywhere => _inFunctions is not null;

    /// <summary>Parses a script and walks through it.</summary>
    public static ScriptFindings Run(string text, ShellDialect dialect, DirectorySet from)
    {
        var findings = new ScriptFindings();
        if (ShellCursor.Unreadable(text) is { } unreadable)
            findings.Fail(unreadable.Construct, unreadable.Position);
        else
            Run(text, dialect, from, null, findings, 0, 0);
        return findings;
    }

    /// <summary>Parses and walks through a script that is an argument of a shell.</summary>
    public void ReadInner(ShellWord script, ShellDialect dialect, DirectorySet from) =>
        Run(script.Known!, dialect, from, _facts, _findings, script.Position, _depth + 1);

    private static void Run(
        string text, ShellDialect dialect, DirectorySet from, VariableFacts? outer, ScriptFindings findings, int position, int depth)
    {
        var cursor = new ShellCursor(text, dialect, depth);
        if (new ScriptParser(cursor).ReadAll() is not { } root)
        {
            findings.Fail(cursor.Failure!.Construct, position + (outer is null ? cursor.Failure.Position : 0));
            return;
        }

        var walk = new ScriptWalk(root, dialect, outer, findings, depth);
        walk.Walk(root, walk._inFunctions ?? from);
    }

    private DirectoryOutcome Walk(ShellNode node, DirectorySet from)
    {
        foreach (var redirection in node.Redirections)
            Redirect(redirection, from);
        if (node is not ShellCommand)
            Expand(node.Words, from);
        var outcome = node switch
        {
            ShellCommand command => WalkCommand(command, from),
            ShellSequence sequence => WalkSequence(sequence, from),
            ShellChain chain => WalkChain(chain, from),
            // A negation does not invert the failure of a redirection, so both outcomes keep all directories.
            ShellNegation negation => Both(Walk(negation.Body, from).Either),
            ShellScope scope => WalkScope(scope, from),
            ShellConditional conditional => WalkConditional(conditional, from),
            ShellLoop loop => WalkLoop(loop, from),
            ShellCase choice => Both(choice.Bodies.Aggregate(from, (all, body) => all.Union(Walk(body, from).Either))),
            ShellFunction function => WalkFunction(function, from),
            ShellTest test => WalkTest(test, from),
            ShellCalculation calculation => Calculate(calculation.Expression, from),
            _ => throw new InvalidOperationException($"No way through {node.GetType().Name}"),
        };
        // A redirection that fails makes the node fail before anything of it has run.
        return node.Redirections.Count == 0 ? outcome : outcome with { Failure = outcome.Failure.Union(from) };
    }

    private DirectoryOutcome WalkCommand(ShellCommand command, DirectorySet from)
    {
        Expand(command.Words, from);
        if (command.Arguments.Count > 0)
        {
            return _programs.Read(
                new ProgramCall(command.Assignments, command.Arguments, IsInShell: true, command.Written), command.Position, from);
        }

        foreach (var assignment in command.Assignments)
        {
            if (ShellVariables.IsSpecial(assignment, isInFront: false, null))
                _findings.Fail($"an assignment to {assignment.Name}", command.Position);
            else if (_facts.IsExported(assignment.Name))
                _findings.AddAssignment(assignment.Text, command.Written);
        }

        return Both(from);
    }

    private DirectoryOutcome WalkSequence(ShellSequence sequence, DirectorySet from)
    {
        var outcome = Both(from);
        foreach (var item in sequence.Items)
            outcome = Walk(item, outcome.Either);
        return outcome;
    }

    private DirectoryOutcome WalkChain(ShellChain chain, DirectorySet from)
    {
        var outcome = Walk(chain.First, from);
        foreach (var link in chain.Rest)
        {
            var next = Walk(link.Node, link.AfterSuccess ? outcome.Success : outcome.Failure);
            outcome = link.AfterSuccess
                ? new DirectoryOutcome(next.Success, next.Failure.Union(outcome.Failure))
                : new DirectoryOutcome(next.Success.Union(outcome.Success), next.Failure);
        }

        return outcome;
    }

    private DirectoryOutcome WalkScope(ShellScope scope, DirectorySet from)
    {
        foreach (var member in scope.Members)
            Walk(member, from);
        return Both(from);
    }

    private DirectoryOutcome WalkConditional(ShellConditional conditional, DirectorySet from)
    {
        var all = DirectorySet.Nowhere;
        foreach (var branch in conditional.Branches)
        {
            var condition = Walk(branch.Condition, from);
            all = all.Union(Walk(branch.Body, condition.Success).Either);
            from = condition.Failure;
        }

        return Both(all.Union(conditional.Otherwise is null ? from : Walk(conditional.Otherwise, from).Either));
    }

    private DirectoryOutcome WalkLoop(ShellLoop loop, DirectorySet from)
    {
        if (loop.Variable is { } variable && (ShellVariables.IsSpecialName(variable) || _facts.IsExported(variable)))
            _findings.Fail($"a loop over {variable}", 0);
        // A later round begins in the directory in which the round before ended, which may be any.
        if (Leaves(loop))
            from = DirectorySet.Anywhere;
        if (loop.Condition is not null)
            Walk(loop.Condition, from);
        Walk(loop.Body, from);
        return Both(from);
    }

    private DirectoryOutcome WalkFunction(ShellFunction function, DirectorySet from)
    {
        Walk(function.Body, _inFunctions ?? from);
        return Both(from);
    }

    private DirectoryOutcome WalkTest(ShellTest test, DirectorySet from)
    {
        if (!test.Numbers.All(_facts.IsNumber))
            _findings.Fail("a comparison of numbers in [[ … ]] that may evaluate more than numbers", test.Numbers[0].Position);
        return Both(from);
    }

    private DirectoryOutcome Calculate(ShellArithmetic expression, DirectorySet from)
    {
        if (!_facts.IsHarmless(expression))
            _findings.Fail("arithmetic with a variable that may hold more than a number", expression.Position);
        return Both(from);
    }

    private void Redirect(ShellRedirection redirection, DirectorySet from)
    {
        var target = redirection.Target;
        Expand([target], from);
        if (redirection.Kind is RedirectionKind.Text or RedirectionKind.Duplicate || target.Pieces is [WordPiece.Substitution { IsPipe: true }])
            return;
        var path = KnownPath.Of(target, _facts);
        if (target.Text.StartsWith("/dev/tcp/", StringComparison.Ordinal) || target.Text.StartsWith("/dev/udp/", StringComparison.Ordinal))
            _findings.Fail("a network connection by redirection", target.Position);
        if (redirection.Kind is RedirectionKind.Read or RedirectionKind.ReadWrite)
            _findings.Add(PathUse.Read, target, path, from);
        if (redirection.Kind is RedirectionKind.Write or RedirectionKind.ReadWrite)
            _findings.Add(PathUse.Write, target, path, from);
    }

    private void Expand(IEnumerable<ShellWord> words, DirectorySet from)
    {
        foreach (var word in words)
        {
            foreach (var script in word.Scripts)
                Walk(script, from);
            foreach (var expression in word.Arithmetic)
                Calculate(expression, from);
        }
    }

    /// <summary>Whether a round of a loop may leave the shell in another directory.</summary>
    private static bool Leaves(ShellNode node) => node switch
    {
        ShellScope => false,
        ShellCommand => ChangesDirectory(node),
        _ => node.Inner.Any(Leaves),
    };

    // The name may be any word of the command, because a wrapper may stand before it.
    private static bool ChangesDirectory(ShellNode node) =>
        node is ShellCommand command && command.Arguments.Any(static word => word.Known is "cd" or "chdir" or "pushd" or "popd");

    private static DirectoryOutcome Both(DirectorySet directories) => new(directories, directories);
}
