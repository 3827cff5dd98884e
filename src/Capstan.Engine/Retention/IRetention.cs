namespace Capstan.Engine.Retention;

/// <summary>A rule by which old files of one kind are deleted from the data directory.</summary>
internal interface IRetention
{
    /// <summary>Deletes the files that are not to be kept.</summary>
    Task ApplyAsync(CancellationToken cancellationToken);
}
