using Capstan.Server.Tests.Kit;
using Capstan.Testing.Stores;
using Xunit;

[assembly: AssemblyFixture(typeof(TestStoreEnd))]

namespace Capstan.Server.Tests.Kit;

/// <summary>Ends, with the run, the database server that the tests of a run on PostgreSQL share.</summary>
public sealed class TestStoreEnd : IAsyncDisposable
{
    /// <inheritdoc/>
    public ValueTask DisposeAsync() => TestStore.EndAsync();
}
