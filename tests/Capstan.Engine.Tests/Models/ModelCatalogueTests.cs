using System.Text.Json;
using Capstan.Contract;
using Capstan.Engine.Models;
using Capstan.Engine.Tests.Configuration;
using Xunit;

namespace Capstan.Engine.Tests.Models;

public sealed class ModelCatalogueTests : IDisposable
{
    private const string Acme = """
        {"provider":{"acme":{"name":"Acme","env":["ACME_KEY"],"api":"http://api.test/${PORT}","options":{"apiKey":"s3cret","headers":{"x":"y"}},"models":{
          "one":{},
          "two":{"id":"real-two","name":"Two","family":"fam","reasoning":true,"limit":{"context":1000,"output":10,"input":5},
            "cost":{"input":1,"output":2,"cache_read":0.1},"modalities":{"input":["text","image"],"output":["text"]},
            "interleaved":"reasoning_content","options":{"o":1},"headers":{"h":"1"},"status":"beta","release_date":"2025-01-01",
            "variants":{"v":{"a":1},"high":{"disabled":true}}},
          "gone":{"status":"deprecated"},"early":{"status":"alpha"},
          "foreign":{"provider":{"npm":"@ai-sdk/anthropic","api":"http://z"}}}}}}
        """;

    private readonly ConfigSandbox _sandbox = new();

    public void Dispose() => _sandbox.Dispose();

    [Fact]
    public void Models_are_read_with_the_defaults_of_OpenCode()
    {
        _sandbox.WriteProject(Acme);
        var models = Build();
        Assert.Equal(
            """{"id":"one","providerID":"acme","api":{"id":"one","url":"http://api.test/${PORT}","npm":"@ai-sdk/openai-compatible"},"name":"one","family":"","capabilities":{"temperature":false,"reasoning":false,"attachment":false,"toolcall":true,"input":{"text":true,"audio":false,"image":false,"video":false,"pdf":false},"output":{"text":true,"audio":false,"image":false,"video":false,"pdf":false},"interleaved":false},"cost":{"input":0,"output":0,"cache":{"read":0,"write":0}},"limit":{"context":0,"output":0},"status":"active","options":{},"headers":{},"release_date":"","variants":{}}""",
            JsonSerializer.Serialize(models.Find(new ModelRef("acme", "one")), WireJson.Wire.ModelInfo));
        var two = JsonSerializer.SerializeToNode(models.Find(new ModelRef("acme", "two")), WireJson.Wire.ModelInfo)!;
        Assert.Equal("real-two", (string)two["api"]!["id"]!);
        Assert.Equal("""{"field":"reasoning_content"}""", two["capabilities"]!["interleaved"]!.ToJsonString());
        Assert.Equal("""{"context":1000,"output":10,"input":5}""", two["limit"]!.ToJsonString());
        Assert.Equal("""{"low":{"reasoningEffort":"low"},"medium":{"reasoningEffort":"medium"},"v":{"a":1}}""", two["variants"]!.ToJsonString());
        Assert.True((bool)two["capabilities"]!["input"]!["image"]!);
        Assert.Null(models.Find(new ModelRef("acme", "gone")));
        Assert.Null(models.Find(new ModelRef("acme", "early")));
    }

    [Fact]
    public void Keys_reach_the_endpoint_and_no_answer()
    {
        _sandbox.Variables["PORT"] = "77/v1";
        _sandbox.Variables["ACME_KEY"] = "environment-key";
        _sandbox.WriteProject(Acme);
        var models = Build();
        var endpoint = models.Endpoint(models.Find(new ModelRef("acme", "two"))!);
        Assert.Equal((ModelProtocol.OpenAICompatible, null, "http://api.test/77/v1", "s3cret"), (endpoint.Protocol, endpoint.Problem, endpoint.BaseUrl, endpoint.ApiKey));
        Assert.Equal(("y", "1"), (endpoint.Headers["x"], endpoint.Headers["h"]));
        Assert.Equal((null, TimeSpan.FromMinutes(5)), (endpoint.Timeout, endpoint.ChunkTimeout));
        foreach (var answer in new[] { JsonSerializer.Serialize(models.List, WireJson.Wire.ProviderList), JsonSerializer.Serialize(models.Configured, WireJson.Wire.ConfiguredProviders) })
        {
            Assert.DoesNotContain("s3cret", answer, StringComparison.Ordinal);
            Assert.DoesNotContain("environment-key", answer, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Keys_come_from_the_options_then_the_stored_ones_then_the_only_variable()
    {
        const string Provider = "\"options\":{\"baseURL\":\"http://x\"},\"models\":{\"m\":{}}";
        _sandbox.Variables["K1"] = "from-env";
        _sandbox.WriteGlobal($$"""{"provider":{"a":{"env":["K1"],{{Provider}}},"b":{"env":["K1"],{{Provider}}},"c":{"env":["K1","K2"],{{Provider}}} } }""");
        _sandbox.Write("home/.local/share/capstan/auth.json", """{"b":{"type":"api","key":"stored"}}""");
        Assert.Equal(["from-env", "stored", null], new[] { "a", "b", "c" }.Select(Key));
        _sandbox.Variables["OPENCODE_AUTH_CONTENT"] = """{"a":{"type":"api","key":"given"},"b":{"type":"oauth","access":"t"}}""";
        Assert.Equal(["given", "from-env", null], new[] { "a", "b", "c" }.Select(Key));

        string? Key(string provider)
        {
            var models = Build();
            return models.Endpoint(models.Find(new ModelRef(provider, "m"))!).ApiKey;
        }
    }

    [Fact]
    public void A_model_that_cannot_be_called_is_listed_and_says_why()
    {
        _sandbox.WriteProject(Acme);
        var models = Build();
        var foreign = models.Find(new ModelRef("acme", "foreign"))!;
        Assert.Equal(ModelProtocol.Unsupported, models.Protocol(foreign));
        Assert.Contains("@ai-sdk/anthropic", models.Endpoint(foreign).Problem, StringComparison.Ordinal);
        _sandbox.WriteProject("""{"provider":{"p":{"models":{"m":{}}}}}""");
        models = Build();
        Assert.Contains("baseURL", models.Endpoint(models.Find(new ModelRef("p", "m"))!).Problem, StringComparison.Ordinal);
    }

    [Fact]
    public void Providers_and_models_can_be_filtered()
    {
        _sandbox.WriteProject("""
            {"disabled_providers":["a"],"enabled_providers":["a","b","c"],"provider":{"a":{"models":{"m":{}}},"d":{"models":{"m":{}}},"empty":{},
             "b":{"models":{"x":{},"y":{}},"blacklist":["x"]},"c":{"models":{"x":{},"y":{}},"whitelist":["x"]}}}
            """);
        Assert.Equal(
            ["b/y", "c/x", "offline/echo"],
            Build().Providers.SelectMany(provider => provider.Models.Keys.Select(model => $"{provider.ID}/{model}")));
    }

    [Fact]
    public void The_default_is_configured_or_the_best_of_the_first_provider_or_offline()
    {
        Assert.Equal("offline/echo", Build().Default.ToString());
        Assert.Equal(ModelProtocol.Offline, Build().Protocol(Build().Find(Build().Default)!));
        _sandbox.WriteProject("""{"provider":{"p":{"models":{"zz":{},"my-gpt-5":{},"a-latest":{}}}}}""");
        Assert.Equal("p/my-gpt-5", Build().Default.ToString());
        Assert.Equal("my-gpt-5", Build().List.Default["p"]);
        _sandbox.WriteProject("""{"model":"q/some/model","provider":{"p":{"models":{"zz":{},"a-latest":{}}}}}""");
        Assert.Equal(new ModelRef("q", "some/model"), Build().Default);
        Assert.Equal("a-latest", Build().Configured.Default["p"]);
    }

    [Fact]
    public void Small_work_goes_to_a_small_model_of_the_same_provider()
    {
        _sandbox.WriteProject("""{"provider":{"p":{"models":{"big":{},"h1":{"family":"claude-haiku"},"n1":{"family":"gpt-nano"},"n2":{"family":"gpt-nano"}}}}}""");
        Assert.Equal("p/n2", Build().Small("p")!.ToString());
        Assert.Null(Build().Small("offline"));
        _sandbox.WriteProject("""{"small_model":"x/y"}""");
        Assert.Equal("x/y", Build().Small("p")!.ToString());
    }

    [Fact]
    public void What_is_written_of_a_provider_is_shown()
    {
        _sandbox.WriteProject("""
            {"provider":{"p":{"name":"Shown","npm":"@ai-sdk/anthropic","options":{"region":"north"},"models":{
              "m":{"name":"Model","family":"f","options":{"o":1},"headers":{"x-h":"1"},"variants":{"v":{"a":1}}},"n":{}}}}}
            """);
        foreach (var list in new[] { JsonSerializer.SerializeToNode(Build().List, WireJson.Wire.ProviderList)!["all"]!, JsonSerializer.SerializeToNode(Build().Configured, WireJson.Wire.ConfiguredProviders)!["providers"]! })
        {
            var provider = list.AsArray().Single(static one => (string?)one!["id"] == "p")!;
            Assert.Equal("Shown", (string?)provider["name"]);
            Assert.Equal("""{"region":"north"}""", provider["options"]!.ToJsonString());
            var model = provider["models"]!["m"]!;
            Assert.Equal(("Model", "f", "@ai-sdk/anthropic"), ((string?)model["name"], (string?)model["family"], (string?)model["api"]!["npm"]));
            Assert.Equal("""{"o":1}""", model["options"]!.ToJsonString());
            Assert.Equal("""{"v":{"a":1}}""", model["variants"]!.ToJsonString());
            Assert.Equal("n", (string?)provider["models"]!["n"]!["name"]);
        }
    }

    [Theory]
    // Half of what was written may be wrong, and three characters of what is short.
    [InlineData("acme/abcd", "acme/wxyz", true)]
    [InlineData("acme/abcd", "acme/vwxyz", false)]
    [InlineData("a/b", "a/xyz", true)]
    [InlineData("a/b", "a/wxyz", false)]
    public void A_name_is_near_if_half_of_it_is_right(string wanted, string there, bool isNear)
    {
        var (provider, model) = (there.Split('/')[0], there.Split('/')[1]);
        _sandbox.WriteProject($$$$$$"""{"provider":{"{{{{{{provider}}}}}}":{"models":{"{{{{{{model}}}}}}":{}}}}}""");
        Assert.Equal(isNear, Build().Suggest(new ModelRef(wanted.Split('/')[0], wanted.Split('/')[1])).Contains(there));
    }

    [Fact]
    public void A_mistyped_model_gets_at_most_three_near_names()
    {
        _sandbox.WriteProject("""{"provider":{"acme":{"models":{"large-1":{},"large-2":{},"large-3":{},"large-4":{},"tiny":{}}}}}""");
        Assert.Equal(["acme/large-1", "acme/large-2", "acme/large-3"], Build().Suggest(new ModelRef("acme", "lagre-1")));
        Assert.Empty(Build().Suggest(new ModelRef("x", new string('y', 5000))));
    }

    private ModelCatalogue Build() => ModelCatalogue.Build(_sandbox.Load(), _sandbox.Paths, _sandbox.Environment);
}
