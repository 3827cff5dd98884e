namespace Capstan.Engine.Tools.Bash.Grammar;

/// <summary>A node of a script's tree.</summary>
internal abstract record ShellNode
{
    /// <summary>The redirections of the whole node.</summary>
    public IReadOnlyList<ShellRedirection> Redirections { get; init; } = [];

    /// <summary>The nodes directly inside this one.</summary>
    public virtual IEnumerable<ShellNode> Inner => [];

    /// <summary>The node's own words, without those of its redirections.</summary>
    public virtual IEnumerable<ShellWord> Words => [];
}

/// <summary>A simple command, or assignments alone.</summary>
/// <param name="Position">Where the command begins, in characters from the start of the script.</param>
/// <param name="Written">The command's text as it is written, redirections included.</param>
/// <param name="Assignments">The assignments before the program.</param>
/// <param name="Arguments">The program and its arguments; empty for assignments alone.</param>
internal sealed record ShellCommand(
    int Position, string Written, IReadOnlyList<ShellAssignment> Assignments, IReadOnlyList<ShellWord> Arguments) : ShellNode
{
    public override IEnumerable<ShellWord> Words => Assignments.SelectMany(static assignment => assignment.Words).Concat(Arguments);
}

/// <summary>Nodes that run one after another, whether they succeed or fail.</summary>
internal sealed record ShellSequence(IReadOnlyList<ShellNode> Items) : ShellNode
{
    public override IEnumerable<ShellNode> Inner => Items;
}

/// <summary>Nodes joined by <c>&amp;&amp;</c> and <c>||</c>.</summary>
internal sealed record ShellChain(ShellNode First, IReadOnlyList<ShellLink> Rest) : ShellNode
{
    public override IEnumerable<ShellNode> Inner => Rest.Select(static link => link.Node).Prepend(First);
}

/// <summary>A link of a chain.</summary>
/// <param name="AfterSuccess">
/// Whether the node runs after success (<c>&amp;&amp;</c>) or failure (<c>||</c>) of the nodes before it.
/// </param>
/// <param name="Node">The node that runs.</param>
internal sealed record ShellLink(bool AfterSuccess, ShellNode Node);

/// <summary>A node whose success counts as failure (<c>!</c>).</summary>
internal sealed record ShellNegation(ShellNode Body) : ShellNode
{
    public override IEnumerable<ShellNode> Inner => [Body];
}

/// <summary>Nodes that run in shells of their own: a subshell, the members of a pipeline, a job in the background.</summary>
internal sealed record ShellScope(IReadOnlyList<ShellNode> Members) : ShellNode
{
    public override IEnumerable<ShellNode> Inner => Members;
}

/// <summary>A conditional (<c>if</c>).</summary>
internal sealed record ShellConditional(IReadOnlyList<ShellBranch> Branches, ShellNode? Otherwise) : ShellNode
{
    public override IEnumerable<ShellNode> Inner =>
        Branches.SelectMany<ShellBranch, ShellNode>(static branch => [branch.Condition, branch.Body])
            .Concat(Otherwise is null ? [] : [Otherwise]);
}

/// <summary>A condition and the body that runs where the condition holds.</summary>
internal sealed record ShellBranch(ShellNode Condition, ShellNode Body);

/// <summary>A loop (<c>while</c>, <c>until</c> or <c>for</c>).</summary>
/// <param name="Condition">The condition that is tested before each round; null in a loop over words.</param>
/// <param name="Body">The body of one round.</param>
/// <param name="Variable">The variable of a loop over words; null in other loops.</param>
/// <param name="Items">The words that the loop goes over; empty in other loops.</param>
internal sealed record ShellLoop(ShellNode? Condition, ShellNode Body, string? Variable, IReadOnlyList<ShellWord> Items) : ShellNode
{
    public override IEnumerable<ShellNode> Inner => Condition is null ? [Body] : [Condition, Body];

    public override IEnumerable<ShellWord> Words => Items;
}

/// <summary>A choice by patterns (<c>case</c>).</summary>
internal sealed record ShellCase(ShellWord Subject, IReadOnlyList<ShellWord> Patterns, IReadOnlyList<ShellNode> Bodies) : ShellNode
{
    public override IEnumerable<ShellNode> Inner => Bodies;

    public override IEnumerable<ShellWord> Words => Patterns.Prepend(Subject);
}

/// <summary>The definition of a function.</summary>
internal sealed record ShellFunction(string Name, ShellNode Body, int Position) : ShellNode
{
    public override IEnumerable<ShellNode> Inner => [Body];
}

/// <summary>A test (<c>[[ … ]]</c>).</summary>
/// <param name="Operands">The words of the test.</param>
/// <param name="Numbers">The words of the test that the shell evaluates as arithmetic.</param>
internal sealed record ShellTest(IReadOnlyList<ShellWord> Operands, IReadOnlyList<ShellWord> Numbers) : ShellNode
{
    public override IEnumerable<ShellWord> Words => Operands;
}

/// <summary>A calculation (<c>((…))</c>), alone or at the head of a <c>for</c>.</summary>
internal sealed record ShellCalculation(ShellArithmetic Expression) : ShellNode;
