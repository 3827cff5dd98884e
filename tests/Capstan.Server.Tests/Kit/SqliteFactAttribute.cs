using System.Runtime.CompilerServices;
using Capstan.Testing.Stores;
using Xunit;

namespace Capstan.Server.Tests.Kit;

/// <summary>
/// A test that says something of SQLite. Where the run is about another store it is left out and counted as skipped, with its reason: a test
/// must not pass without having tested anything.
/// </summary>
internal sealed class SqliteFactAttribute : FactAttribute
{
    /// <param name="reason">Why the test has no meaning on another store, as a sentence.</param>
    /// <param name="file">Where the test is.</param>
    /// <param name="line">Where the test is.</param>
    public SqliteFactAttribute(string reason, [CallerFilePath] string? file = null, [CallerLineNumber] int line = -1)
        : base(file, line)
    {
        if (TestStore.IsPostgres)
            Skip = $"SQLite only: {reason}";
    }
}
