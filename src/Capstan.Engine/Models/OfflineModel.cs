using Capstan.Contract;

namespace Capstan.Engine.Models;

/// <summary>
/// The built-in provider, which needs neither a network nor a key, so that a fresh installation answers, if only with an echo.
/// </summary>
internal static class OfflineModel
{
    public const string ProviderID = "offline";
    public const string ModelID = "echo";
    private const string Npm = "capstan:offline";

    public static ConfiguredProvider Provider { get; } = new(
        new ProviderInfo
        {
            ID = ProviderID,
            Name = "Offline",
            Source = "custom",
            Models = new Dictionary<string, ModelInfo>
            {
                [ModelID] = new()
                {
                    ID = ModelID,
                    ProviderID = ProviderID,
                    Name = "Echo",
                    Api = new ModelApi(ModelID, "", Npm),
                    Capabilities = new ModelCapabilities(),
                    Cost = ModelCost.Free,
                    Limit = new ModelLimit(0, 0),
                    Variants = new Dictionary<string, System.Text.Json.Nodes.JsonObject>(),
                },
            },
        },
        []);
}
