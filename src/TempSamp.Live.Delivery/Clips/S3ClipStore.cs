using System.Runtime.CompilerServices;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Minio;
using Minio.DataModel.Args;
using Minio.DataModel.ILM;
using Minio.Exceptions;
using TempSamp.Live.Core;

namespace TempSamp.Live.Delivery;

/// <summary>Keeps clips in a bucket of any S3 server, through plain S3 calls only.</summary>
/// <remarks>
/// A file is checked without fetching it: the server's ETag is the MD5 of what it received (of its parts where there are several), and the same was worked out
/// when the clip was cut. Where a server names content otherwise, as with keys of its own, the file is read back and hashed.
/// </remarks>
public sealed partial class S3ClipStore : IClipStore, IDisposable
{
    /// <summary>Bytes a second that an upload must reach on top of <see cref="StoreOptions.Timeout"/>.</summary>
    private const double SlowestRate = 256 * 1024;

    private readonly StoreOptions _options;
    private readonly KeyTemplate _keys;
    private readonly ILogger _logger;
    private readonly HttpClient _http;
    private readonly IMinioClient _client;
    private readonly IMinioClient _signer;
    private readonly SemaphoreSlim _bucketTurn = new(1);
    private bool _hasBucket;

    /// <summary>A store that connects when it is first used.</summary>
    public S3ClipStore(IOptions<StoreOptions> options, IOptions<DeliveryOptions> delivery, ILogger<S3ClipStore> logger)
    {
        (_options, _logger) = (options.Value, logger);
        _keys = new(_options.KeyTemplate, delivery.Value.Tenant);
        _http = S3Connection.Http(_options);
        _client = S3Connection.Client(_options, _options.Endpoint, _http);
        _signer = S3Connection.Client(_options, _options.PublicEndpoint.Length > 0 ? _options.PublicEndpoint : _options.Endpoint, _http);
    }

    /// <inheritdoc/>
    public string Name => $"bucket '{_options.Bucket}' at {_options.Endpoint}";

    /// <inheritdoc/>
    public string UriOf(ClipPlan plan, string name) => $"s3://{_options.Bucket}/{_keys.KeyOf(plan)}{name[plan.Id.Length..]}";

    /// <inheritdoc/>
    public async Task PutAsync(ClipPlan plan, UnitFile file, string path, CancellationToken cancel)
    {
        await EnsureBucketAsync(cancel);
        var key = KeyOf(UriOf(plan, file.Name));
        await CallAsync($"'{key}' cannot be put", file.Bytes, async limit =>
        {
            var content = new FileStream(path, new FileStreamOptions { Options = FileOptions.SequentialScan | FileOptions.Asynchronous, BufferSize = 0 });
            await using var _ = content.ConfigureAwait(false);
            await _client.PutObjectAsync(new PutObjectArgs().WithBucket(_options.Bucket).WithObject(key).WithStreamData(content).WithObjectSize(file.Bytes)
                .WithContentType(file.ContentType).WithHeaders(new Dictionary<string, string> { ["x-amz-meta-sha256"] = file.Sha256, ["x-amz-meta-clip"] = plan.Id }), limit).ConfigureAwait(false);
            return true;
        }, cancel);
    }

    /// <inheritdoc/>
    public async Task<string?> CheckAsync(StoredFile file, CancellationToken cancel)
    {
        var key = KeyOf(file.Uri);
        var held = await CallAsync($"'{key}' cannot be looked at", 0, async limit =>
        {
            try
            {
                return await _client.StatObjectAsync(new StatObjectArgs().WithBucket(_options.Bucket).WithObject(key), limit).ConfigureAwait(false);
            }
            catch (ObjectNotFoundException)
            {
                return null;
            }
        }, cancel);
        if (held is null) return $"'{file.Uri}' is missing";
        if (held.Size != file.Bytes) return $"'{file.Uri}' has {held.Size} bytes instead of {file.Bytes}";
        if (held.ETag.Trim('"') == file.ETag) return null;
        return await ReadBackAsync(key, file.Bytes, cancel) == file.Sha256 ? null : $"'{file.Uri}' holds something else than what was put";
    }

    /// <inheritdoc/>
    public async Task<Uri?> LinkAsync(string uri, TimeSpan lifetime) =>
        new(await _signer.PresignedGetObjectAsync(new PresignedGetObjectArgs().WithBucket(_options.Bucket).WithObject(KeyOf(uri)).WithExpiry((int)lifetime.TotalSeconds)).ConfigureAwait(false));

    /// <inheritdoc/>
    public Task RemoveAsync(string uri, CancellationToken cancel) => CallAsync($"'{uri}' cannot be removed", 0, async limit =>
    {
        await _client.RemoveObjectAsync(new RemoveObjectArgs().WithBucket(_options.Bucket).WithObject(KeyOf(uri)), limit).ConfigureAwait(false);
        return true;
    }, cancel);

    /// <inheritdoc/>
    public async IAsyncEnumerable<HeldFile> ListAsync([EnumeratorCancellation] CancellationToken cancel)
    {
        await EnsureBucketAsync(cancel);
        var items = _client.ListObjectsEnumAsync(new ListObjectsArgs().WithBucket(_options.Bucket).WithRecursive(true), cancel).GetAsyncEnumerator(cancel);
        await using var _ = items.ConfigureAwait(false);
        while (await CallAsync("it cannot be listed", 0, async limit => await items.MoveNextAsync().AsTask().WaitAsync(limit).ConfigureAwait(false), cancel))
            yield return new($"s3://{_options.Bucket}/{items.Current.Key}", (long)items.Current.Size, items.Current.LastModifiedDateTime is { } at ? new DateTimeOffset(at.ToUniversalTime()) : DateTimeOffset.MaxValue);
    }

    /// <summary>Makes sure that the bucket is there; makes it when that is wanted. Remembers that it was.</summary>
    /// <exception cref="StoreException">It is not there, or belongs to somebody else.</exception>
    public async Task EnsureBucketAsync(CancellationToken cancel)
    {
        if (_hasBucket) return;
        await _bucketTurn.WaitAsync(cancel);
        try
        {
            if (!_hasBucket) await MakeBucketAsync(cancel);
            _hasBucket = true;
        }
        finally
        {
            _bucketTurn.Release();
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _client.Dispose();
        _signer.Dispose();
        _http.Dispose();
        _bucketTurn.Dispose();
    }

    private string KeyOf(string uri) => uri[$"s3://{_options.Bucket}/".Length..];

    private async Task MakeBucketAsync(CancellationToken cancel)
    {
        var bucket = _options.Bucket;
        if (await CallAsync("it cannot be looked at", 0, limit => _client.BucketExistsAsync(new BucketExistsArgs().WithBucket(bucket), limit), cancel)) return;
        if (!_options.CreateBucket) throw new StoreException($"{Name} does not exist; make it, or set Store:CreateBucket to true", "no-bucket");
        await CallAsync("it cannot be made", 0, async limit =>
        {
            await _client.MakeBucketAsync(new MakeBucketArgs().WithBucket(bucket).WithLocation(_options.Region), limit).ConfigureAwait(false);
            return true;
        }, cancel);
        LogMade(Name);
        await SetLifecycleAsync(cancel);
    }

    /// <summary>A rule of the bucket is help, not a promise: servers without them keep everything, and retention here does the work.</summary>
    private async Task SetLifecycleAsync(CancellationToken cancel)
    {
        var expiry = _options.ExpireDays > 0 ? new Expiration { Days = _options.ExpireDays } : null;
        var rule = new LifecycleRule(new AbortIncompleteMultipartUpload(1), "tempsamp-live", expiry, null, new RuleFilter(null, "", null), null, null, LifecycleRule.LifecycleRuleStatusEnabled);
        try
        {
            await _client.SetBucketLifecycleAsync(new SetBucketLifecycleArgs().WithBucket(_options.Bucket).WithLifecycleConfiguration(new([rule])), cancel).ConfigureAwait(false);
        }
        catch (Exception error) when (error is MinioException or HttpRequestException or NotImplementedException)
        {
            LogNoRules(error, Name, error.Message);
        }
    }

    private Task<string> ReadBackAsync(string key, long bytes, CancellationToken cancel) => CallAsync($"'{key}' cannot be read back", bytes, async limit =>
    {
        var sha256 = "";
        await _client.GetObjectAsync(new GetObjectArgs().WithBucket(_options.Bucket).WithObject(key).WithCallbackStream(async (content, stop) =>
            sha256 = Convert.ToHexStringLower(await System.Security.Cryptography.SHA256.HashDataAsync(content, stop).ConfigureAwait(false))), limit).ConfigureAwait(false);
        return sha256;
    }, cancel);

    private async Task<T> CallAsync<T>(string what, long bytes, Func<CancellationToken, Task<T>> call, CancellationToken cancel)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        limit.CancelAfter(_options.Timeout + TimeSpan.FromSeconds(bytes / SlowestRate));
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
        catch (Exception error) when (S3Failure.Of(error, _options) is { } failure)
        {
            if (failure.Reason == "no-bucket") _hasBucket = false;
            throw new StoreException($"{Name}: {what}: {failure.Text}", failure.Reason, error);
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "{Store} was made")]
    private partial void LogMade(string store);

    [LoggerMessage(Level = LogLevel.Information, Message = "{Store} takes no lifecycle rules ({Reason}); unfinished uploads and old clips are removed from here only")]
    private partial void LogNoRules(Exception error, string store, string reason);
}
