using Capstan.Engine.Retention;
using Capstan.Testing.Time;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace Capstan.Engine.Tests.Retention;

/// <summary>R9: texts of tool outputs are kept for a while and up to a size.</summary>
public sealed class ToolOutputRetentionTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("capstan-outputs-").FullName;
    private readonly FakeTime _time = new();
    private readonly RetentionOptions _options = new() { ToolOutputAge = TimeSpan.FromDays(7), ToolOutputBytes = 250 };

    [Fact]
    public void What_is_older_than_it_may_be_goes_and_nothing_else()
    {
        Put("tool_old", 10, age: TimeSpan.FromDays(7) + TimeSpan.FromSeconds(1));
        Put("tool_young", 10, age: TimeSpan.FromDays(7) - TimeSpan.FromSeconds(1));
        Put("tool_now", 10, age: TimeSpan.Zero);
        Put("notes.txt", 10, age: TimeSpan.FromDays(700));

        Assert.Equal(1, Apply());

        Assert.Equal(["notes.txt", "tool_now", "tool_young"], Names());
        Assert.Equal(0, Apply());
    }

    [Fact]
    public void Where_there_is_too_much_the_oldest_go()
    {
        for (var hour = 1; hour <= 5; hour++)
            Put($"tool_{hour}", 100, TimeSpan.FromHours(hour));

        Assert.Equal(3, Apply());

        Assert.Equal(["tool_1", "tool_2"], Names());
    }

    [Fact]
    public void A_file_that_is_too_large_alone_does_not_take_the_others_with_it()
    {
        Put("tool_large", 251, TimeSpan.FromHours(1));
        Put("tool_small", 100, TimeSpan.FromHours(2));
        Assert.Equal(1, Apply());
        Assert.Equal(["tool_small"], Names());
    }

    [Fact]
    public void A_directory_that_is_not_there_has_nothing_to_delete() =>
        Assert.Equal(0, new ToolOutputRetention(Path.Combine(_directory, "none"), _options, _time, NullLogger.Instance).Delete(CancellationToken.None));

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    private int Apply() => new ToolOutputRetention(_directory, _options, _time, NullLogger.Instance).Delete(CancellationToken.None);

    private IEnumerable<string?> Names() => Directory.GetFiles(_directory).Select(Path.GetFileName).Order(StringComparer.Ordinal);

    private void Put(string name, int length, TimeSpan age)
    {
        var path = Path.Combine(_directory, name);
        File.WriteAllBytes(path, new byte[length]);
        File.SetLastWriteTimeUtc(path, _time.GetUtcNow().UtcDateTime - age);
    }
}
