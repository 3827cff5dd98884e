namespace Capstan.Engine.Admission;

/// <summary>What is wrong with a request that was not accepted.</summary>
public enum RefusalKind
{
    /// <summary>The request names something that does not exist.</summary>
    NotFound,

    /// <summary>The request contradicts itself, the configuration or the contract.</summary>
    Invalid,

    /// <summary>The request conflicts with what is stored or running.</summary>
    Conflict,
}
