namespace Capstan.Testing.Models;

/// <summary>What a broken provider sends instead of a clean stream.</summary>
public enum ModelGarbage
{
    /// <summary>The step's content, then a data frame that is not JSON, then the end of the stream.</summary>
    Json,

    /// <summary>Status 200 and an HTML page, as a misconfigured gateway does.</summary>
    Html,
}
