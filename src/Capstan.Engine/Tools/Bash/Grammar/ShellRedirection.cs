namespace Capstan.Engine.Tools.Bash.Grammar;

/// <summary>A redirection.</summary>
/// <param name="Kind">What the redirection does.</param>
/// <param name="Target">The file, the text of a here-document or here-string, or the number of a descriptor.</param>
internal sealed record ShellRedirection(RedirectionKind Kind, ShellWord Target);
