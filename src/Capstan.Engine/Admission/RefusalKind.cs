namespace Capstan.Engine.Admission;

/// <summary>What is wrong with a request that was not accepted.</summary>
public enum RefusalKind
{
    /// <summary>It names something that is not there.</summary>
    NotFound,

    /// <summary>It is wrong in itself.</summary>
    Invalid,

    /// <summary>It collides with what is stored or running.</summary>
    Conflict,
}
