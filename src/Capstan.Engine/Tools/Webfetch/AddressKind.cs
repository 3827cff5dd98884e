namespace Capstan.Engine.Tools.Webfetch;

/// <summary>Who may be behind an address.</summary>
internal enum AddressKind
{
    /// <summary>Anybody on the internet.</summary>
    Public,

    /// <summary>This machine or its network, where services may rely on nobody else reaching them. A person is asked.</summary>
    Local,

    /// <summary>The machine's link, and the services of clouds that hand out credentials to whoever asks. Refused.</summary>
    Refused,
}
