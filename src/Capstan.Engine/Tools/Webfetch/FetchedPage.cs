using System.Text;

namespace Capstan.Engine.Tools.Webfetch;

/// <summary>What came back.</summary>
/// <param name="ContentType">The content type as the server wrote it; empty where it gave none.</param>
/// <param name="MediaType">Its type alone, in small letters.</param>
/// <param name="Charset">The character set that it names; null where it names none.</param>
/// <param name="Content">The bytes.</param>
internal sealed record FetchedPage(string ContentType, string MediaType, string? Charset, ReadOnlyMemory<byte> Content)
{
    /// <summary>
    /// Returns the text: by its byte order mark, else by the character set that the server names, else as UTF-8, which also takes the
    /// place of a character set that is not known.
    /// </summary>
    public string Decode()
    {
        using var reader = new StreamReader(new MemoryStream(Content.ToArray(), writable: false), Named() ?? Encoding.UTF8);
        return reader.ReadToEnd();
    }

    private Encoding? Named()
    {
        if (Charset is null)
            return null;
        try
        {
            return CodePagesEncodingProvider.Instance.GetEncoding(Charset) ?? Encoding.GetEncoding(Charset);
        }
        catch (ArgumentException)
        {
            return null;
        }
    }
}
