namespace Capstan.Contract;

/// <summary>The kinds of identifier on the wire and the prefix that each begins with.</summary>
public static class IdentifierPrefix
{
    /// <summary>The prefix of sessions, whose identifiers sort newest first.</summary>
    public const string Session = "ses";

    /// <summary>The prefix of messages.</summary>
    public const string Message = "msg";

    /// <summary>The prefix of a message's parts.</summary>
    public const string Part = "prt";

    /// <summary>The prefix of permission requests.</summary>
    public const string Permission = "per";

    /// <summary>The prefix of standing approvals, which OpenCode's wire does not have.</summary>
    public const string Approval = "apr";

    /// <summary>The prefix of events.</summary>
    public const string Event = "evt";

    /// <summary>The prefix of turns, which OpenCode's wire does not have.</summary>
    public const string Turn = "trn";

    /// <summary>The prefix of files with saved tool output.</summary>
    public const string Tool = "tool";
}
