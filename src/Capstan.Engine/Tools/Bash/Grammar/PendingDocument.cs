namespace Capstan.Engine.Tools.Bash.Grammar;

/// <summary>A here-document whose delimiter was read, and whose text comes after the line.</summary>
/// <param name="Delimiter">The line that ends the text.</param>
/// <param name="IsLiteral">Whether the delimiter is quoted, so that nothing in the text is expanded.</param>
/// <param name="StripsTabs">Whether leading tabs are removed (<c>&lt;&lt;-</c>).</param>
/// <param name="Pieces">The list that gets the pieces of the text.</param>
internal sealed record PendingDocument(string Delimiter, bool IsLiteral, bool StripsTabs, List<WordPiece> Pieces);
