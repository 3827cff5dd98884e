using System.Text.Json;
using Capstan.Contract;
using Capstan.Engine.Models;
using Capstan.Engine.Tests.Configuration;
using Xunit;

namespace Capstan.Engine.Tests.Models;

/// <summary>Each key of a provider and of a model, as it is written and as it is left out.</summary>
public sealed class ConfiguredModelTests : IDisposable
{
    private readonly ConfigSandbox _sandbox = new();

    public void Dispose() => _sandbox.Dispose();

    [Theory]
    [InlineData("""{}""", "name", "\"m\"")]
    [InlineData("""{"name":"Shown"}""", "name", "\"Shown\"")]
    [InlineData("""{}""", "family", "\"\"")]
    [InlineData("""{"family":"f"}""", "family", "\"f\"")]
    [InlineData("""{}""", "status", "\"active\"")]
    [InlineData("""{"status":"beta"}""", "status", "\"beta\"")]
    [InlineData("""{"release_date":"2026-01-01"}""", "release_date", "\"2026-01-01\"")]
    [InlineData("""{}""", "api", """{"id":"m","url":"http://provider.test/v1","npm":"@ai-sdk/openai-compatible"}""")]
    [InlineData("""{"id":"real"}""", "api", """{"id":"real","url":"http://provider.test/v1","npm":"@ai-sdk/openai-compatible"}""")]
    [InlineData("""{"provider":{"npm":"n","api":"http://own.test"}}""", "api", """{"id":"m","url":"http://own.test","npm":"n"}""")]
    [InlineData("""{}""", "cost", """{"input":0,"output":0,"cache":{"read":0,"write":0}}""")]
    [InlineData("""{"cost":{"input":1,"output":2}}""", "cost", """{"input":1,"output":2,"cache":{"read":0,"write":0}}""")]
    [InlineData("""{"cost":{"input":1,"output":2,"cache_read":3,"cache_write":4}}""", "cost", """{"input":1,"output":2,"cache":{"read":3,"write":4}}""")]
    [InlineData("""{}""", "limit", """{"context":0,"output":0}""")]
    [InlineData("""{"limit":{"context":1,"output":2,"input":3}}""", "limit", """{"context":1,"output":2,"input":3}""")]
    [InlineData("""{"options":{"o":{"p":1}}}""", "options", """{"o":{"p":1}}""")]
    [InlineData("""{}""", "headers", "{}")]
    [InlineData("""{"headers":{"a":"1","b":"2"}}""", "headers", """{"a":"1","b":"2"}""")]
    // Only compatible servers with reasoning get presets; what is configured is added, changed or switched off.
    [InlineData("""{}""", "variants", "{}")]
    [InlineData("""{"reasoning":true}""", "variants", """{"low":{"reasoningEffort":"low"},"medium":{"reasoningEffort":"medium"},"high":{"reasoningEffort":"high"}}""")]
    [InlineData("""{"reasoning":true,"provider":{"npm":"n"}}""", "variants", "{}")]
    [InlineData("""{"variants":{"a":{"x":1,"disabled":false},"b":{"disabled":true}}}""", "variants", """{"a":{"x":1}}""")]
    [InlineData("""{"reasoning":true,"variants":{"low":{"disabled":true},"high":{"more":1}}}""", "variants", """{"medium":{"reasoningEffort":"medium"},"high":{"reasoningEffort":"high","more":1}}""")]
    public void A_model_is_what_is_written_of_it(string model, string field, string expected) =>
        Assert.Equal(expected, Read(model).GetProperty(field).GetRawText());

    [Theory]
    [InlineData("""{}""", "temperature", "false")]
    [InlineData("""{"temperature":true}""", "temperature", "true")]
    [InlineData("""{}""", "reasoning", "false")]
    [InlineData("""{"reasoning":true}""", "reasoning", "true")]
    [InlineData("""{}""", "attachment", "false")]
    [InlineData("""{"attachment":true}""", "attachment", "true")]
    [InlineData("""{}""", "toolcall", "true")]
    [InlineData("""{"tool_call":false}""", "toolcall", "false")]
    [InlineData("""{}""", "interleaved", "false")]
    [InlineData("""{"interleaved":true}""", "interleaved", "true")]
    [InlineData("""{"interleaved":"reasoning_content"}""", "interleaved", """{"field":"reasoning_content"}""")]
    [InlineData("""{"interleaved":{"field":"reasoning_details"}}""", "interleaved", """{"field":"reasoning_details"}""")]
    [InlineData("""{"modalities":{"input":["text"]}}""", "output", """{"text":true,"audio":false,"image":false,"video":false,"pdf":false}""")]
    [InlineData("""{"modalities":{"input":["text"]}}""", "input", """{"text":true,"audio":false,"image":false,"video":false,"pdf":false}""")]
    [InlineData("""{"modalities":{"input":["audio"]}}""", "input", """{"text":false,"audio":true,"image":false,"video":false,"pdf":false}""")]
    [InlineData("""{"modalities":{"input":["image"]}}""", "input", """{"text":false,"audio":false,"image":true,"video":false,"pdf":false}""")]
    [InlineData("""{"modalities":{"input":["video"]}}""", "input", """{"text":false,"audio":false,"image":false,"video":true,"pdf":false}""")]
    [InlineData("""{"modalities":{"output":["pdf"]}}""", "output", """{"text":false,"audio":false,"image":false,"video":false,"pdf":true}""")]
    public void What_a_model_can_do_is_what_is_written_of_it(string model, string capability, string expected) =>
        Assert.Equal(expected, Read(model).GetProperty("capabilities").GetProperty(capability).GetRawText());

    [Theory]
    [InlineData("deprecated", false, false)]
    [InlineData("deprecated", true, false)]
    [InlineData("alpha", false, false)]
    [InlineData("alpha", true, true)]
    [InlineData("beta", false, true)]
    public void Models_that_are_gone_are_not_offered_and_early_ones_where_they_are_asked_for(string status, bool showsAlpha, bool isOffered)
    {
        if (showsAlpha)
            _sandbox.Variables["OPENCODE_ENABLE_EXPERIMENTAL_MODELS"] = "1";

        Assert.Equal(isOffered, Build($$$$"""{"models":{"m":{"status":"{{{{status}}}}"}}}""").Find(new ModelRef("p", "m")) is not null);
    }

    [Theory]
    [InlineData("""{"baseURL":"http://a/v1"}""", "http://a/v1", null)]
    [InlineData("""{"baseURL":"https://a"}""", "https://a", null)]
    [InlineData("""{"baseURL":""}""", "http://provider.test/v1", null)]
    [InlineData("{}", "http://provider.test/v1", null)]
    [InlineData("""{"baseURL":"ftp://a/"}""", "ftp://a", "baseURL")]
    [InlineData("""{"baseURL":"a/v1"}""", "a/v1", "baseURL")]
    // Variables are filled in; what a value holds is not looked at again, and what is not set is left for the error to show.
    [InlineData("""{"baseURL":"http://${HOST}:${PORT}/v1"}""", "http://host.test:77/v1", null)]
    [InlineData("""{"baseURL":"http://${HOST}${NESTED}"}""", "http://host.test${HOST}", "baseURL")]
    [InlineData("""{"baseURL":"http://x/${MISSING}/${PORT}"}""", "http://x/${MISSING}/77", null)]
    [InlineData("""{"baseURL":"http://x/${PORT"}""", "http://x/${PORT", null)]
    [InlineData("""{"baseURL":"http://x/${PORT}/${PORT"}""", "http://x/77/${PORT", null)]
    public void The_address_is_the_providers_with_its_variables(string options, string address, string? problem)
    {
        _sandbox.Variables["HOST"] = "host.test";
        _sandbox.Variables["PORT"] = "77";
        _sandbox.Variables["NESTED"] = "${HOST}";

        var endpoint = Endpoint(options);

        Assert.Equal(address, endpoint.BaseUrl);
        if (problem is null)
            Assert.Null(endpoint.Problem);
        else
            Assert.Contains($"provider.p.options.{problem}", endpoint.Problem, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{}", null, 300_000d, 300_000d)]
    [InlineData("""{"timeout":1,"headerTimeout":2,"chunkTimeout":3}""", 1d, 2d, 3d)]
    [InlineData("""{"timeout":false,"headerTimeout":false,"chunkTimeout":false}""", null, null, null)]
    public void Limits_are_milliseconds_or_off(string options, double? whole, double? header, double? chunk)
    {
        var endpoint = Endpoint(options);

        Assert.Equal(
            (whole, header, chunk),
            (endpoint.Timeout?.TotalMilliseconds, endpoint.HeaderTimeout?.TotalMilliseconds, endpoint.ChunkTimeout?.TotalMilliseconds));
    }

    [Theory]
    [InlineData("{}", false)]
    [InlineData("""{"setCacheKey":true}""", true)]
    [InlineData("""{"setCacheKey":false}""", false)]
    public void The_prompt_cache_gets_a_key_where_it_is_asked_for(string options, bool expected) =>
        Assert.Equal(expected, Endpoint(options).SetCacheKey);

    [Fact]
    public void A_models_headers_go_over_its_providers()
    {
        var models = Build("""{"api":"http://provider.test/v1","options":{"headers":{"X-A":"provider","x-b":"provider"}},"models":{"m":{"headers":{"x-a":"model"}}}}""");

        var headers = models.Endpoint(models.Find(new ModelRef("p", "m"))!).Headers;

        Assert.Equal(2, headers.Count);
        Assert.Equal(("model", "provider"), (headers["X-A"], headers["X-B"]));
    }

    [Theory]
    // The empty key is none: the one that is stored counts.
    [InlineData("""{"apiKey":""}""", """{"p":{"type":"api","key":"stored"}}""", "stored")]
    [InlineData("""{"apiKey":"configured"}""", """{"p":{"type":"api","key":"stored"}}""", "configured")]
    [InlineData("{}", """{"p/":{"type":"api","key":"stored"}}""", "stored")]
    [InlineData("{}", """{"p":{"type":"oauth","key":"stored"}}""", null)]
    [InlineData("{}", """{"q":{"type":"api","key":"stored"}}""", null)]
    // A file that cannot be read holds no keys, and stops no models that need none.
    [InlineData("{}", "{", null)]
    public void The_key_is_the_configured_one_or_the_one_that_is_stored(string options, string stored, string? key)
    {
        _sandbox.Write("home/.local/share/capstan/auth.json", stored);

        Assert.Equal(key, Endpoint(options).ApiKey);
    }

    [Fact]
    public void A_provider_that_is_not_there_cannot_be_called()
    {
        var models = Build("""{"models":{"m":{}}}""");
        var stranger = models.Find(new ModelRef("p", "m"))! with { ProviderID = "q" };

        Assert.Equal(ModelProtocol.Unsupported, models.Endpoint(stranger).Protocol);
        Assert.Equal("There is no provider q.", models.Endpoint(stranger).Problem);
        Assert.Null(models.Find(new ModelRef("q", "m")));
    }

    [Fact]
    public void The_list_names_what_is_connected_and_the_best_of_each()
    {
        var models = Build("""{"name":"Shown","models":{"a":{},"z-latest":{},"gemini-3-pro-x":{},"gpt-5-x":{}}}""");

        Assert.Equal(["p", "offline"], models.List.Connected);
        Assert.Equal(["Shown", "Offline"], models.Configured.Providers.Select(static provider => provider.Name));
        Assert.Equal(["config", "custom"], models.List.All.Select(static provider => provider.Source));
        // Better known models go first, the later in the list the better.
        Assert.Equal(("gemini-3-pro-x", "echo"), (models.List.Default["p"], models.List.Default["offline"]));
    }

    [Theory]
    [InlineData("""{"a":{},"b":{}}""", "b")]
    [InlineData("""{"a-latest":{},"b":{}}""", "a-latest")]
    [InlineData("""{"claude-sonnet-4":{},"gpt-5":{}}""", "claude-sonnet-4")]
    [InlineData("""{"big-pickle":{},"z-latest":{}}""", "big-pickle")]
    public void The_best_of_a_provider_is_a_known_one_then_the_latest_then_the_last_by_name(string models, string best) =>
        Assert.Equal($"p/{best}", Build($$$"""{"models":{{{models}}}}""").Default.ToString());

    [Theory]
    [InlineData("""{"a":{"family":"gpt-nano","release_date":"2025-01-01"},"b":{"family":"gpt-nano","release_date":"2024-01-01"}}""", "a")]
    [InlineData("""{"a":{"family":"gpt-nano"},"b":{"family":"gpt-nano"}}""", "b")]
    // The families in their order, whatever their age.
    [InlineData("""{"a":{"family":"gemini-flash"},"b":{"family":"gpt-nano","release_date":"2026-01-01"}}""", "a")]
    [InlineData("""{"a":{"family":"other"}}""", null)]
    public void Small_work_goes_to_the_newest_of_the_first_small_family(string models, string? small) =>
        Assert.Equal(small is null ? null : $"p/{small}", Build($$$"""{"models":{{{models}}}}""").Small("p")?.ToString());

    [Fact]
    public void Only_names_that_are_near_are_suggested_the_nearest_first()
    {
        var models = Build("""{"models":{"large":{},"larger":{},"barge":{},"largest":{},"something-else-altogether":{}}}""");

        Assert.Equal(["p/large", "p/barge", "p/larger"], models.Suggest(new ModelRef("p", "large")));
        Assert.Empty(models.Suggest(new ModelRef("nowhere-near-anything", "zzzzzzzzzzzzzzzz")));
    }

    private JsonElement Read(string model)
    {
        var found = Build($$$"""{"api":"http://provider.test/v1","models":{"m":{{{model}}}}}""").Find(new ModelRef("p", "m"));
        return JsonSerializer.SerializeToElement(found, WireJson.Wire.ModelInfo);
    }

    private ModelEndpoint Endpoint(string options)
    {
        var models = Build($$$$"""{"api":"http://provider.test/v1","options":{{{{options}}}},"models":{"m":{}}}""");
        return models.Endpoint(models.Find(new ModelRef("p", "m"))!);
    }

    private ModelCatalogue Build(string provider)
    {
        _sandbox.WriteGlobal($$$"""{"provider":{"p":{{{provider}}}}}""");
        return ModelCatalogue.Build(_sandbox.Load(), _sandbox.Paths, _sandbox.Environment);
    }
}
