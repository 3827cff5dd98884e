using System.Text.Json.Nodes;

namespace Capstan.Engine.Configuration.Description;

/// <summary>What the value of a key may be.</summary>
/// <param name="Words">What is expected, as messages and the documentation say it: <c>a string</c>.</param>
internal abstract record KeyKind(string Words)
{
    /// <summary>Whether a value is of this kind; what is within an object is not looked at.</summary>
    public abstract bool Fits(JsonNode value);

    /// <summary>The objects that a value of this kind may be, or hold.</summary>
    public virtual IEnumerable<ObjectKind> Objects => [];
}
