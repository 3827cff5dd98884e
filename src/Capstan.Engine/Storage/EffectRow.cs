namespace Capstan.Engine.Storage;

/// <summary>A tool call that has begun to change something.</summary>
/// <param name="SessionID">The call's session.</param>
/// <param name="PartID">The call's part.</param>
public sealed record EffectRow(string SessionID, string PartID);
