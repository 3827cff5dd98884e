namespace Capstan.Testing.Captures;

/// <summary>How closely two events are compared.</summary>
public enum EventDetail
{
    /// <summary>The type and what the event is about: role and state of a message, kind and state of a part, status.</summary>
    Types,

    /// <summary>Every field, after normalising. A captured placeholder such as <c>&lt;sha1&gt;</c> stands for any string.</summary>
    Fields,
}
