namespace Capstan.Engine.Configuration.Description;

/// <summary>Whose files may set a key.</summary>
internal enum KeyOrigin
{
    /// <summary>Everybody's.</summary>
    Anyone,

    /// <summary>Those of projects only where projects are trusted, because the key starts programs or changes how Capstan works.</summary>
    TrustedProjects,

    /// <summary>Never a project's, because the key says how far projects are trusted.</summary>
    OutsideProjects,
}
