using System.Runtime.InteropServices;

namespace Capstan.Engine.Storage.Sqlite;

/// <summary>
/// Chooses the SQLite that runs: the system's, where there is one, because the one in the package is years older; otherwise the
/// package's.
/// </summary>
internal static class SqliteLibrary
{
    private const string Bundled = "e_sqlite3";
    private static readonly string[] SystemNames = ["libsqlite3.so.0", "libsqlite3.dylib", "winsqlite3.dll"];
    private static int _isSetUp;

    /// <summary>Sets the library up; further calls do nothing.</summary>
    public static void SetUp()
    {
        if (Interlocked.Exchange(ref _isSetUp, 1) != 0)
            return;
        NativeLibrary.SetDllImportResolver(typeof(SQLitePCL.SQLite3Provider_e_sqlite3).Assembly, static (name, _, _) =>
        {
            if (name != Bundled)
                return 0;
            foreach (var candidate in SystemNames)
            {
                if (NativeLibrary.TryLoad(candidate, out var handle))
                    return handle;
            }

            return 0; // The usual search finds the package's own.
        });
        SQLitePCL.raw.SetProvider(new SQLitePCL.SQLite3Provider_e_sqlite3());
    }

    /// <summary>The version of the SQLite that runs.</summary>
    public static string Version => SQLitePCL.raw.sqlite3_libversion().utf8_to_string();
}
