namespace Capstan.Testing.Servers;

/// <summary>Signals that a process may get, by their numbers on Linux.</summary>
public enum ProcessSignal
{
    /// <summary>Asked to end.</summary>
    Terminate = 15,

    /// <summary>Goes on after <see cref="Stop"/>.</summary>
    Continue = 18,

    /// <summary>Stands still, whatever it is doing.</summary>
    Stop = 19,
}
