using System.Text.Json.Nodes;
using Capstan.Engine;
using Capstan.Engine.Configuration;
using Capstan.Testing.Workspaces;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace Capstan.Server.Tests.Documentation;

public sealed class ApiDocumentTests
{
    private static readonly string[] Methods = ["get", "put", "post", "delete", "patch"];

    [Fact]
    public void Every_route_is_described_and_every_description_has_its_route()
    {
        var described = Operations(ReadDocument()).Select(static operation => operation.Route);

        Assert.Equal(MappedRoutes().Order(StringComparer.Ordinal), described.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Every_operation_has_an_identifier_of_its_own()
    {
        var identifiers = Operations(ReadDocument()).Select(static operation => (string?)operation.Description["operationId"]).ToList();

        Assert.DoesNotContain(null, identifiers);
        Assert.Equal(identifiers.Distinct(), identifiers);
    }

    [Fact]
    public void Every_reference_resolves_and_every_component_is_referred_to()
    {
        var document = ReadDocument();
        var references = References(document).ToHashSet();
        var components = document["components"]!.AsObject()
            .Where(static kind => kind.Key != "securitySchemes")
            .SelectMany(static kind => kind.Value!.AsObject().Select(component => $"#/components/{kind.Key}/{component.Key}"));

        Assert.Equal(components.Order(StringComparer.Ordinal), references.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Every_path_parameter_is_described()
    {
        var document = ReadDocument();
        foreach (var (route, operation) in Operations(document))
        {
            var inPath = route.Split('/').Where(static segment => segment.StartsWith('{')).Select(static segment => segment.Trim('{', '}'));
            var described = (operation["parameters"]?.AsArray() ?? [])
                .Select(parameter => Resolve(document, parameter!))
                .Where(static parameter => (string?)parameter["in"] == "path")
                .Select(static parameter => (string?)parameter["name"]);

            Assert.Equal(inPath.Order(StringComparer.Ordinal), described.Order(StringComparer.Ordinal));
        }
    }

    [Fact]
    public async Task The_server_serves_it()
    {
        var cancellation = TestContext.Current.CancellationToken;
        using var workspace = await TestWorkspace.CreateAsync(model: null, cancellationToken: cancellation);
        var environment = new ProcessEnvironment(new Dictionary<string, string>
        {
            ["HOME"] = workspace.PathOf("home"),
            ["XDG_DATA_HOME"] = workspace.PathOf("data"),
        });
        await using var engine = await CapstanEngine.StartAsync(
            new EngineOptions { Paths = ConfigPaths.From(environment), Environment = environment, Version = "1.2.3" },
            NullLoggerFactory.Instance,
            cancellation);
        await using var server = await CapstanServer.StartAsync(
            engine,
            new ServerOptions { Version = "1.2.3", Directory = workspace.Directory },
            NullLoggerFactory.Instance,
            cancellation);
        using var client = new HttpClient { BaseAddress = server.Address };

        using var response = await client.GetAsync("/doc", cancellation);
        var document = JsonNode.Parse(await response.Content.ReadAsStringAsync(cancellation))!;

        Assert.Equal("application/json", response.Content.Headers.ContentType?.MediaType);
        Assert.Equal("Capstan", (string?)document["info"]!["title"]);
        Assert.Equal("1.0.0", (string?)document["info"]!["version"]);
        Assert.True(JsonNode.DeepEquals(ReadDocument(), document));
    }

    private static JsonObject ReadDocument()
    {
        using var resource = typeof(CapstanServer).Assembly.GetManifestResourceStream("openapi.json")!;
        return JsonNode.Parse(resource)!.AsObject();
    }

    private static IEnumerable<(string Route, JsonObject Description)> Operations(JsonObject document) =>
        from path in document["paths"]!.AsObject()
        from operation in path.Value!.AsObject()
        where Methods.Contains(operation.Key)
        select ($"{operation.Key} {path.Key}", operation.Value!.AsObject());

    private static List<string> MappedRoutes()
    {
        var builder = WebApplication.CreateEmptyBuilder(new());
        builder.Services.AddRoutingCore();
        builder.WebHost.UseKestrelCore();
        IEndpointRouteBuilder routes = builder.Build();
        // Mapping only closes over the engine; nothing is called here.
        Routes.Map(routes, new ServerContext(null!, new ServerOptions { Version = "1.2.3" }, CancellationToken.None));
        return
        [
            .. from source in routes.DataSources
               from endpoint in source.Endpoints.Cast<RouteEndpoint>()
               from method in endpoint.Metadata.GetRequiredMetadata<HttpMethodMetadata>().HttpMethods
               select $"{method.ToLowerInvariant()} {endpoint.RoutePattern.RawText}",
        ];
    }

    private static IEnumerable<string> References(JsonNode? node) => node switch
    {
        JsonObject map => map.SelectMany(static member =>
            member is { Key: "$ref", Value: JsonValue reference } ? [reference.GetValue<string>()] : References(member.Value)),
        JsonArray list => list.SelectMany(References),
        _ => [],
    };

    private static JsonNode Resolve(JsonObject document, JsonNode node) => (string?)node["$ref"] is { } reference
        ? reference.Split('/').Skip(1).Aggregate((JsonNode)document, static (at, name) => at[name]!)
        : node;
}
