using Microsoft.Extensions.Logging;
using Minio;
using Minio.DataModel.Args;
using Minio.DataModel.ILM;

namespace TempSamp.Live.Delivery;

/// <summary>Sees to it that the bucket is there: makes it when that is wanted, with a rule for what the server may remove by itself.</summary>
internal sealed partial class S3Bucket(StoreOptions options, IMinioClient client, S3Calls calls, ILogger logger) : IDisposable
{
    private readonly SemaphoreSlim _turn = new(1);
    private bool _isThere;

    /// <summary>Looks once, and remembers that it was there.</summary>
    /// <exception cref="StoreException">It is not there, or belongs to somebody else.</exception>
    public Task EnsureAsync(CancellationToken cancel) => _isThere ? Task.CompletedTask : LookAsync(cancel);

    /// <summary>Looks now, whatever was known.</summary>
    /// <exception cref="StoreException">It is not there, or belongs to somebody else.</exception>
    public async Task LookAsync(CancellationToken cancel)
    {
        await _turn.WaitAsync(cancel);
        try
        {
            await MakeAsync(cancel);
            _isThere = true;
        }
        catch (StoreException)
        {
            _isThere = false;
            throw;
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>A call found it gone: looked at again before the next one.</summary>
    public void Forget() => _isThere = false;

    /// <inheritdoc/>
    public void Dispose() => _turn.Dispose();

    private async Task MakeAsync(CancellationToken cancel)
    {
        if (await calls.RunAsync("it cannot be looked at", 0, limit => client.BucketExistsAsync(new BucketExistsArgs().WithBucket(options.Bucket), limit), cancel)) return;
        if (!options.CreateBucket) throw new StoreException($"{calls.Name} does not exist; make it, or set Store:CreateBucket to true", "no-bucket");
        await calls.RunAsync("it cannot be made", 0, async limit =>
        {
            await client.MakeBucketAsync(new MakeBucketArgs().WithBucket(options.Bucket).WithLocation(options.Region), limit).ConfigureAwait(false);
            return true;
        }, cancel);
        LogMade(calls.Name);
        await SetLifecycleAsync(cancel);
    }

    /// <summary>A rule of the bucket is help, not a promise: servers without them keep everything, and retention here does the work.</summary>
    private async Task SetLifecycleAsync(CancellationToken cancel)
    {
        var expiry = options.ExpireDays > 0 ? new Expiration { Days = options.ExpireDays } : null;
        var rule = new LifecycleRule(new AbortIncompleteMultipartUpload(1), "tempsamp-live", expiry, null, new RuleFilter(null, "", null), null, null, LifecycleRule.LifecycleRuleStatusEnabled);
        try
        {
            await client.SetBucketLifecycleAsync(new SetBucketLifecycleArgs().WithBucket(options.Bucket).WithLifecycleConfiguration(new([rule])), cancel).ConfigureAwait(false);
        }
        catch (Exception error) when (!cancel.IsCancellationRequested)   // whatever it is, clips can be kept
        {
            LogNoRules(error, calls.Name, error.Message);
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "{Store} was made")]
    private partial void LogMade(string store);

    [LoggerMessage(Level = LogLevel.Information, Message = "{Store} takes no lifecycle rules ({Reason}); unfinished uploads and old clips are removed from here only")]
    private partial void LogNoRules(Exception error, string store, string reason);
}
