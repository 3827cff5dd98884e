namespace Capstan.Testing.Models;

/// <summary>How a call to the model ended.</summary>
public enum ModelCallEnd
{
    /// <summary>The scripted answer went out whole, a scripted failure included.</summary>
    Finished,

    /// <summary>The script destroyed the socket.</summary>
    Cut,

    /// <summary>The client disconnected first.</summary>
    ClientGone,

    /// <summary>The model was disposed while the call was open.</summary>
    Stopped,
}
