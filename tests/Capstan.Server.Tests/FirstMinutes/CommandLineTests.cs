using System.Net;
using System.Net.Sockets;
using Capstan.Testing.Servers;
using Xunit;

namespace Capstan.Server.Tests.FirstMinutes;

/// <summary>R13: what whoever starts the program got wrong is said in words, with what to do, and an exit code that scripts can tell apart.</summary>
public sealed class CommandLineTests : IDisposable
{
    private readonly DirectoryInfo _root = Directory.CreateTempSubdirectory("capstan-start-");

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    private string Data => Path.Combine(_root.FullName, "data");

    [Theory]
    [InlineData("srve", "There is no command \"srve\". Did you mean \"serve\"?")]
    [InlineData("completely-else", "There is no command \"completely-else\".")]
    [InlineData("run hello", "There is no command \"run\" here. Use: opencode run --attach URL")]
    [InlineData("", "A command is missing")]
    [InlineData("serve --prot 1", "There is no option \"--prot\". Did you mean \"--port\"?")]
    [InlineData("serve here", "\"here\" is one word too many")]
    [InlineData("serve --port abc", "--port must be a number from 0 to 65535, and \"abc\" is not.")]
    [InlineData("serve --port 99999", "--port must be a number from 0 to 65535, and \"99999\" is not.")]
    [InlineData("serve --port -1", "--port")]
    [InlineData("serve --port", "--port is given without its value.")]
    [InlineData("serve --port 1 --port 2", "--port is given more than once.")]
    [InlineData("--print-logs serve", "\"--print-logs\" must come after \"serve\".")]
    [InlineData("serve --cors app.example.org", "--cors must be an origin such as https://app.example.org, without a path, and \"app.example.org\" is not.")]
    [InlineData("serve --cors https://app.example.org/", "--cors must be an origin")]
    [InlineData("serve --allow-host http://a.example.org", "--allow-host must be a name such as agents.example.org")]
    [InlineData("serve --allow-host a.example.org:80", "--allow-host must be a name such as agents.example.org")]
    [InlineData("attach", "Use: opencode run --attach URL")]
    [InlineData("help", "Use: capstan --help")]
    [InlineData("serve --log-level loud", "--log-level must be DEBUG, INFO, WARN or ERROR, and \"loud\" is not.")]
    [InlineData("serve --log-format xml", "--log-format must be json or text, and \"xml\" is not.")]
    public async Task A_wrong_command_line_is_answered_in_words_and_with_exit_code_2(string arguments, string said)
    {
        var run = await RunAsync(arguments.Split(' ', StringSplitOptions.RemoveEmptyEntries));

        Assert.Equal(2, run.ExitCode);
        Assert.Contains(said, run.Errors, StringComparison.Ordinal);
        Assert.Contains("--help", run.Errors, StringComparison.Ordinal);
        RequireWords(run);
        // Before anything is opened.
        Assert.False(Directory.Exists(Data));
    }

    [Fact]
    public async Task Help_is_no_error_and_says_what_to_do_next()
    {
        var run = await RunAsync(["serve", "--help"]);

        Assert.Equal(0, run.ExitCode);
        foreach (var taught in new[] { "opencode run --attach", "/metrics", "Exit codes", "--print-logs", "--log-format", "DEBUG, INFO, WARN or ERROR" })
            Assert.Contains(taught, run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_port_that_another_program_has_is_named()
    {
        using var other = new TcpListener(IPAddress.Loopback, 0);
        other.Start();
        var port = ((IPEndPoint)other.LocalEndpoint).Port;

        var run = await RunAsync(["serve", "--port", $"{port}"]);

        Assert.Equal(1, run.ExitCode);
        Assert.Contains($"Cannot listen on 127.0.0.1, port {port}: address already in use by another program. Choose another port", run.Errors, StringComparison.Ordinal);
        RequireWords(run);
    }

    [Fact]
    public async Task A_data_directory_that_is_a_file_is_named()
    {
        File.WriteAllText(Data, "no directory");

        var run = await RunAsync(["serve"]);

        Assert.Equal(1, run.ExitCode);
        Assert.Contains($"The data directory {Data}/capstan cannot be made: {Data} is a file.", run.Errors, StringComparison.Ordinal);
        RequireWords(run);
    }

    [Fact]
    public async Task A_data_directory_that_cannot_be_written_is_named()
    {
        // No user may make directories there, the administrator included.
        var run = await RunAsync(["serve"], data: "/proc/capstan-test");

        Assert.Equal(1, run.ExitCode);
        Assert.Contains("The data directory /proc/capstan-test/capstan is not writable", run.Errors, StringComparison.Ordinal);
        Assert.Contains("XDG_DATA_HOME", run.Errors, StringComparison.Ordinal);
        RequireWords(run);
    }

    [Fact]
    public async Task A_file_that_is_no_database_is_named_and_left_alone()
    {
        var database = Path.Combine(Directory.CreateDirectory(Path.Combine(Data, "capstan")).FullName, "capstan.db");
        File.WriteAllText(database, new string('x', 10_000));

        var run = await RunAsync(["serve"]);

        Assert.Equal(1, run.ExitCode);
        Assert.Contains($"The database {database} is damaged, or is no database.", run.Errors, StringComparison.Ordinal);
        RequireWords(run);
        Assert.Equal(new string('x', 10_000), File.ReadAllText(database));
    }

    [Fact]
    public async Task A_hostname_that_leads_nowhere_is_named_before_a_password_is_asked_for()
    {
        var run = await RunAsync(["serve", "--hostname", "no.such.host.invalid"]);

        Assert.Equal(1, run.ExitCode);
        Assert.Contains("Cannot listen on no.such.host.invalid: it does not resolve to an address.", run.Errors, StringComparison.Ordinal);
        RequireWords(run);
    }

    [Fact]
    public async Task A_directory_that_is_gone_is_said_to_be_gone()
    {
        // A shell may stand in a directory that somebody has deleted.
        var run = await RunAsync(["serve"], before: "mkdir gone; cd gone; rmdir ../gone");

        Assert.Equal(1, run.ExitCode);
        Assert.Contains("The directory that this was started in is gone.", run.Errors, StringComparison.Ordinal);
        RequireWords(run);
    }

    [Theory]
    [InlineData("""{"capstan":{"server":{"basePath":"agents/"} } }""", "capstan.server.basePath must begin with a slash and not end with one, and \"agents/\" does not.")]
    [InlineData("""{"capstan":{"server":{"trustedProxies":["proxy"]} } }""", "capstan.server.trustedProxies must hold IP addresses, and \"proxy\" is none.")]
    [InlineData("""{"capstan":{"server":{"allowedHosts":["https://a.b"]} } }""", "capstan.server.allowedHosts must hold names such as agents.example.org, without scheme and port, and \"https://a.b\" is none.")]
    public async Task A_setting_that_the_server_cannot_start_with_is_named(string configuration, string said)
    {
        File.WriteAllText(Path.Combine(_root.FullName, "opencode.json"), configuration);

        var run = await RunAsync(["serve"]);

        Assert.Equal(1, run.ExitCode);
        Assert.Contains(said, run.Errors, StringComparison.Ordinal);
        RequireWords(run);
    }

    public void Dispose() => _root.Delete(recursive: true);

    /// <summary>Neither a stack trace nor the name of a type.</summary>
    private static void RequireWords(ProgramRun run)
    {
        Assert.DoesNotContain("   at ", run.Errors, StringComparison.Ordinal);
        Assert.DoesNotContain("Exception", run.Errors, StringComparison.Ordinal);
        Assert.DoesNotContain("System.", run.Errors, StringComparison.Ordinal);
        Assert.DoesNotContain("Microsoft.", run.Errors, StringComparison.Ordinal);
        Assert.DoesNotContain("listening on", run.Output, StringComparison.Ordinal);
    }

    private Task<ProgramRun> RunAsync(IReadOnlyList<string> arguments, string? data = null, string? before = null) => ProgramRun.ToEndAsync(
        _root.FullName,
        arguments,
        new Dictionary<string, string>
        {
            ["HOME"] = _root.FullName,
            ["XDG_DATA_HOME"] = data ?? Data,
            ["PATH"] = Environment.GetEnvironmentVariable("PATH") ?? "",
        },
        before,
        Cancelled);
}
