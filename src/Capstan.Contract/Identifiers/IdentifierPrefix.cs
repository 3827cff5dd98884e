namespace Capstan.Contract;

/// <summary>The kinds of identifier on the wire and the prefix that each begins with.</summary>
public static class IdentifierPrefix
{
    /// <summary>Sessions; these sort newest first.</summary>
    public const string Session = "ses";

    /// <summary>Messages.</summary>
    public const string Message = "msg";

    /// <summary>Parts of a message.</summary>
    public const string Part = "prt";

    /// <summary>Permission requests.</summary>
    public const string Permission = "per";

    /// <summary>Standing approvals; not on OpenCode's wire.</summary>
    public const string Approval = "apr";

    /// <summary>Events.</summary>
    public const string Event = "evt";

    /// <summary>Turns; not on OpenCode's wire.</summary>
    public const string Turn = "trn";

    /// <summary>Saved tool output files.</summary>
    public const string Tool = "tool";
}
