namespace Capstan.Testing.Stores;

/// <summary>What goes wrong in a call of the store.</summary>
public enum StoreFault
{
    /// <summary>The call fails and has done nothing; the next one works again.</summary>
    Fail,

    /// <summary>The call has done its work and fails all the same, as where the answer of a database is lost.</summary>
    FailAfter,

    /// <summary>The process dies before the call does anything.</summary>
    CrashBefore,

    /// <summary>The process dies after the call has done its work and before anyone learns of it.</summary>
    CrashAfter,
}
