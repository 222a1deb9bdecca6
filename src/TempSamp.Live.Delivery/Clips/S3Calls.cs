namespace TempSamp.Live.Delivery;

/// <summary>Calls to an S3 server: each has a limit, and its failure says store, reason and fix.</summary>
internal sealed class S3Calls(StoreOptions options)
{
    /// <summary>Bytes a second that an upload must reach on top of <see cref="StoreOptions.Timeout"/>.</summary>
    private const double SlowestRate = 256 * 1024;

    /// <summary>The bucket and where it is.</summary>
    public string Name => $"bucket '{options.Bucket}' at {options.Endpoint}";

    /// <summary>Makes a call.</summary>
    /// <param name="what">What fails when it fails, for people.</param>
    /// <param name="bytes">How much it carries; gives it more time.</param>
    /// <param name="call">The call.</param>
    /// <param name="cancel">Gives up.</param>
    /// <exception cref="StoreException">The server does not answer, or refuses.</exception>
    public async Task<T> RunAsync<T>(string what, long bytes, Func<CancellationToken, Task<T>> call, CancellationToken cancel)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        limit.CancelAfter(options.Timeout + TimeSpan.FromSeconds(bytes / SlowestRate));
        try
        {
            return await call(limit.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (cancel.IsCancellationRequested)
        {
            throw;
        }
        catch (FileNotFoundException error)
        {
            throw new StoreException($"{Name}: {what}: {error.Message}", "refused", error);
        }
        catch (Exception error) when (S3Failure.Of(error, options) is { } failure)
        {
            throw new StoreException($"{Name}: {what}: {failure.Text}", failure.Reason, error);
        }
    }
}
