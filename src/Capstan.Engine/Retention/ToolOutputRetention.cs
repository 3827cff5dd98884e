using Capstan.Contract;
using Microsoft.Extensions.Logging;

namespace Capstan.Engine.Retention;

/// <summary>Deletes the files of tool outputs that are too old, and the oldest files where all together are too large.</summary>
/// <remarks>
/// A command that still prints has its file open and loses nothing but the file's name. As the newest file, it is the last to go.
/// </remarks>
internal sealed class ToolOutputRetention(string directory, RetentionOptions options, TimeProvider time, ILogger logger) : IRetention
{
    /// <inheritdoc/>
    public Task ApplyAsync(CancellationToken cancellationToken)
    {
        if (Delete(cancellationToken) is > 0 and var deleted)
            Log.OutputsDeleted(logger, deleted);
        return Task.CompletedTask;
    }

    /// <summary>Deletes the files that are not to be kept.</summary>
    /// <returns>How many files were deleted.</returns>
    internal int Delete(CancellationToken cancellationToken)
    {
        var folder = new DirectoryInfo(directory);
        if (!folder.Exists)
            return 0;
        var oldest = time.GetUtcNow().UtcDateTime - options.ToolOutputAge;
        var (kept, deleted) = (0L, 0);
        foreach (var file in folder.EnumerateFiles(IdentifierPrefix.Tool + "*").OrderByDescending(static file => file.LastWriteTimeUtc))
        {
            cancellationToken.ThrowIfCancellationRequested();
            kept += file.Length;
            if (file.LastWriteTimeUtc >= oldest && kept <= options.ToolOutputBytes)
                continue;
            kept -= file.Length;
            file.Delete();
            deleted++;
        }

        return deleted;
    }
}
