namespace Capstan.Engine.Tools.Bash.Grammar;

/// <summary>A here-document that was announced and whose text comes after the line.</summary>
/// <param name="Delimiter">The line that ends the text.</param>
/// <param name="IsLiteral">Whether the delimiter is quoted, so that nothing in the text is expanded.</param>
/// <param name="StripsTabs">Whether leading tabs do not count (<c>&lt;&lt;-</c>).</param>
/// <param name="Pieces">Receives the pieces of the text.</param>
internal sealed record PendingDocument(string Delimiter, bool IsLiteral, bool StripsTabs, List<WordPiece> Pieces);
