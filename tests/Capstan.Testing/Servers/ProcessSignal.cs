namespace Capstan.Testing.Servers;

/// <summary>Signals that a process may get, by their numbers on Linux.</summary>
public enum ProcessSignal
{
    /// <summary>Interrupted, as from a terminal.</summary>
    Interrupt = 2,

    /// <summary>Told to quit, as from a terminal.</summary>
    Quit = 3,

    /// <summary>Ended without a chance to do anything.</summary>
    Kill = 9,

    /// <summary>Asked to end.</summary>
    Terminate = 15,

    /// <summary>Goes on after <see cref="Stop"/>.</summary>
    Continue = 18,

    /// <summary>Stands still, whatever it is doing.</summary>
    Stop = 19,
}
