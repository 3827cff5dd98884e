using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using Xunit;

namespace Capstan.Engine.Tests.Rooms;

/// <summary>
/// The way of a prompt, from the HTTP request to the frame of an event, as <c>docs/architecture.md</c> tells it: short enough to be read
/// in one sitting, and true.
/// </summary>
public sealed partial class LifeOfOnePromptTests
{
    private const int MostFiles = 45;

    [Fact]
    public void The_files_on_the_way_of_a_prompt_are_there_and_few()
    {
        var root = Root();
        var text = File.ReadAllText(Path.Combine(root, "docs/architecture.md"));
        var section = text[text.IndexOf("## The life of one prompt", StringComparison.Ordinal)..];
        section = section[..section.IndexOf("\n## ", StringComparison.Ordinal)];

        var files = Files().Matches(section).Select(static match => match.Groups[1].Value).Distinct().ToList();

        Assert.InRange(files.Count, 20, MostFiles);
        Assert.DoesNotContain(files, file => !File.Exists(Locate(root, file)));
    }

    private static string Locate(string root, string file) => file.StartsWith("Server/", StringComparison.Ordinal)
        ? Path.Combine(root, "src/Capstan.Server", file["Server/".Length..])
        : Path.Combine(root, "src/Capstan.Engine", file);

    private static string Root([CallerFilePath] string here = "") => Path.GetFullPath(Path.Combine(here, "../../../.."));

    [GeneratedRegex(@"`([A-Z]\w*/[\w/]+\.cs)`")]
    private static partial Regex Files();
}
