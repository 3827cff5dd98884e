namespace Capstan.Contract;

/// <summary>Names a model.</summary>
/// <param name="ProviderID">The provider's identifier.</param>
/// <param name="ModelID">The model's identifier within the provider.</param>
/// <param name="Variant">A reasoning preset of the model.</param>
public sealed record ModelRef(string ProviderID, string ModelID, string? Variant = null)
{
    /// <summary>Returns the form that is used in configuration: <c>provider/model</c>.</summary>
    public override string ToString() => $"{ProviderID}/{ModelID}";

    /// <summary>Parses <c>provider/model</c>; the model's identifier may have slashes itself.</summary>
    /// <returns>The reference, or null where there is no slash with text on both sides.</returns>
    public static ModelRef? Parse(string? text)
    {
        var slash = text?.IndexOf('/') ?? -1;
        return slash > 0 && slash < text!.Length - 1 ? new ModelRef(text[..slash], text[(slash + 1)..]) : null;
    }
}
