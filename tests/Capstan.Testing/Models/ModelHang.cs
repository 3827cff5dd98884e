namespace Capstan.Testing.Models;

/// <summary>Where a hanging step goes silent. It stays so until the client leaves or the model is disposed.</summary>
public enum ModelHang
{
    /// <summary>Before the response headers.</summary>
    Connect,

    /// <summary>After the headers, before the first frame.</summary>
    Headers,

    /// <summary>After the step's whole content, before the finish frame.</summary>
    Stream,
}
