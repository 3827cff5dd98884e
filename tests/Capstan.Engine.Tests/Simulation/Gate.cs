using Capstan.Testing.Scheduling;

namespace Capstan.Engine.Tests.Simulation;

/// <summary>Something of a process that waits until the world lets it go on.</summary>
internal sealed record Gate(SimulatedProcess Process, string What, TaskCompletionSource Opened);
