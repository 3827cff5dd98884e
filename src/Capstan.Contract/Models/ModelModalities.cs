namespace Capstan.Contract;

/// <summary>Kinds of media.</summary>
/// <param name="Text">Text.</param>
/// <param name="Audio">Sound.</param>
/// <param name="Image">Pictures.</param>
/// <param name="Video">Film.</param>
/// <param name="Pdf">PDF documents.</param>
public sealed record ModelModalities(bool Text, bool Audio, bool Image, bool Video, bool Pdf)
{
    /// <summary>Text and nothing else.</summary>
    public static ModelModalities TextOnly { get; } = new(true, false, false, false, false);
}
