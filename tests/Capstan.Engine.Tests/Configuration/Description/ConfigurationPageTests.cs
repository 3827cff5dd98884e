using System.Runtime.CompilerServices;
using Xunit;

namespace Capstan.Engine.Tests.Configuration.Description;

/// <summary>
/// The tables of docs/configuration.md are those of the description. With <c>CAPSTAN_WRITE_DOCS=1</c> the test writes them.
/// </summary>
public sealed class ConfigurationPageTests
{
    [Theory]
    [InlineData("keys with an effect")]
    [InlineData("keys without effect")]
    [InlineData("settings")]
    public void The_tables_say_what_the_description_says(string name)
    {
        var file = Page();
        var page = File.ReadAllText(file);
        var (opening, ending) = ($"<!-- {name}: written out of src/Capstan.Engine/Configuration/Description -->\n", $"<!-- end of {name} -->");
        var start = page.IndexOf(opening, StringComparison.Ordinal) + opening.Length;
        var end = page.IndexOf(ending, StringComparison.Ordinal);
        Assert.True(start >= opening.Length && end >= start, $"{file} has no marks for {name}.");
        var expected = ConfigurationTables.All[name];
        if (Environment.GetEnvironmentVariable("CAPSTAN_WRITE_DOCS") == "1")
            File.WriteAllText(file, page = page[..start] + expected + page[end..]);

        var written = page[start..page.IndexOf(ending, StringComparison.Ordinal)];

        Assert.True(
            written == expected,
            $"docs/configuration.md is not what the configuration's description says. Run this test with CAPSTAN_WRITE_DOCS=1, or write between the marks:\n{expected}");
    }

    private static string Page([CallerFilePath] string here = "") =>
        Path.GetFullPath(Path.Combine(here, "../../../../../docs/configuration.md"));
}
