using Capstan.Contract;

namespace Capstan.Engine.Tools;

/// <summary>
/// The models that are trained to change files by patches. They are offered <c>apply_patch</c>, and all others <c>edit</c> and
/// <c>write</c>; the rule is OpenCode's, by the name that the provider is sent.
/// </summary>
internal static class PatchingModels
{
    /// <summary>Whether a model is one of them.</summary>
    public static bool Includes(ModelInfo model) =>
        Has(model, "gpt-") && !Has(model, "gpt-4") && !Has(model, "oss");

    /// <summary>Whether a model is none of them.</summary>
    public static bool Excludes(ModelInfo model) => !Includes(model);

    private static bool Has(ModelInfo model, string text) => model.Api.ID.Contains(text, StringComparison.Ordinal);
}
