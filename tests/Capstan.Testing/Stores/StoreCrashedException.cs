namespace Capstan.Testing.Stores;

/// <summary>The process died during this call of the store, or before it.</summary>
public sealed class StoreCrashedException() : Exception("The process has died.");
