namespace Capstan.Contract;

/// <summary>The kinds of media that a model takes or returns.</summary>
/// <param name="Text">Whether text is among them.</param>
/// <param name="Audio">Whether audio is among them.</param>
/// <param name="Image">Whether images are among them.</param>
/// <param name="Video">Whether video is among them.</param>
/// <param name="Pdf">Whether PDF documents are among them.</param>
public sealed record ModelModalities(bool Text, bool Audio, bool Image, bool Video, bool Pdf)
{
    /// <summary>Only text.</summary>
    public static ModelModalities TextOnly { get; } = new(true, false, false, false, false);
}
