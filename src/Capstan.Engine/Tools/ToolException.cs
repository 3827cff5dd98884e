namespace Capstan.Engine.Tools;

/// <summary>A tool call failed in a way that the model should be told of. The model gets the message of the exception.</summary>
public sealed class ToolException : Exception
{
    /// <summary>Creates the exception.</summary>
    public ToolException(string message)
        : base(message)
    {
    }

    /// <summary>Creates the exception with its cause.</summary>
    public ToolException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
