namespace Capstan.Engine.Retention;

/// <summary>One kind of file in the data directory, and the rule by which old ones of it go.</summary>
internal interface IRetention
{
    /// <summary>Deletes what is not to be kept.</summary>
    Task ApplyAsync(CancellationToken cancellationToken);
}
