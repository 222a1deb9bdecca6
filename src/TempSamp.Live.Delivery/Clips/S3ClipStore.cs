using System.Runtime.CompilerServices;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Minio;
using Minio.DataModel.Args;
using Minio.Exceptions;
using TempSamp.Live.Core;

namespace TempSamp.Live.Delivery;

/// <summary>Keeps clips in a bucket of any S3 server, through plain S3 calls only.</summary>
/// <remarks>
/// A file is checked without fetching it: the server's ETag is the MD5 of what it received, or of the MD5s of its parts, and both were worked out when the clip was cut. Where a server names content otherwise, as with keys of its own, the file is read back and hashed.
/// </remarks>
public sealed class S3ClipStore : IClipStore, IDisposable
{
    private readonly StoreOptions _options;
    private readonly KeyTemplate _keys;
    private readonly HttpClient _http;
    private readonly IMinioClient _client;
    private readonly IMinioClient _signer;
    private readonly S3Calls _calls;
    private readonly S3Bucket _bucket;
    private readonly ServerClock _clock;

    /// <summary>A store that connects when it is first used.</summary>
    public S3ClipStore(IOptions<StoreOptions> options, IOptions<DeliveryOptions> delivery, ILogger<S3ClipStore> logger, TimeProvider? time = null)
    {
        _options = options.Value;
        _keys = new(_options.KeyTemplate, delivery.Value.Tenant);
        _http = S3Connection.Http(_options);
        _client = S3Connection.Client(_options, _options.Endpoint, _http);
        _signer = S3Connection.Client(_options, _options.PublicEndpoint.Length > 0 ? _options.PublicEndpoint : _options.Endpoint, _http);
        _calls = new(_options);
        _bucket = new(_options, _client, _calls, logger);
        _clock = new(_options, _calls, _http, time ?? TimeProvider.System);
    }

    /// <inheritdoc/>
    public string Name => _calls.Name;

    /// <inheritdoc/>
    public string UriOf(ClipPlan plan, string name) => $"s3://{_options.Bucket}/{_keys.KeyOf(plan)}{name[plan.Id.Length..]}";

    /// <inheritdoc/>
    public async Task ProbeAsync(CancellationToken cancel)
    {
        await _clock.CheckAsync(cancel);
        await _bucket.LookAsync(cancel);
    }

    /// <inheritdoc/>
    public async Task PutAsync(ClipPlan plan, UnitFile file, string path, CancellationToken cancel)
    {
        await _bucket.EnsureAsync(cancel);
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
        await _bucket.EnsureAsync(cancel);
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
        if (held.ETag.Trim('"') is var name && (name == file.ETag || name == file.Md5)) return null;
        return await ReadBackAsync(key, file.Bytes, cancel) == file.Sha256 ? null : $"'{file.Uri}' holds something else than what was put: the server names its content {held.ETag}, and {file.ETag} was put";
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
        await _bucket.EnsureAsync(cancel);
        var items = _client.ListObjectsEnumAsync(new ListObjectsArgs().WithBucket(_options.Bucket).WithRecursive(true), cancel).GetAsyncEnumerator(cancel);
        await using var _ = items.ConfigureAwait(false);
        while (await CallAsync("it cannot be listed", 0, async limit => await items.MoveNextAsync().AsTask().WaitAsync(limit).ConfigureAwait(false), cancel))
            yield return new($"s3://{_options.Bucket}/{items.Current.Key}", (long)items.Current.Size, items.Current.LastModifiedDateTime is { } at ? new DateTimeOffset(at.ToUniversalTime()) : DateTimeOffset.MaxValue);
    }

    /// <summary>Makes sure that the bucket is there; makes it when that is wanted.</summary>
    /// <exception cref="StoreException">It is not there, or belongs to somebody else.</exception>
    public Task EnsureBucketAsync(CancellationToken cancel) => _bucket.EnsureAsync(cancel);

    /// <inheritdoc/>
    public void Dispose()
    {
        _client.Dispose();
        _signer.Dispose();
        _http.Dispose();
        _bucket.Dispose();
    }

    private string KeyOf(string uri) => uri[$"s3://{_options.Bucket}/".Length..];

    private Task<string> ReadBackAsync(string key, long bytes, CancellationToken cancel) => CallAsync($"'{key}' cannot be read back", bytes, async limit =>
    {
        var sha256 = "";
        await _client.GetObjectAsync(new GetObjectArgs().WithBucket(_options.Bucket).WithObject(key).WithCallbackStream(async (content, stop) =>
            sha256 = Convert.ToHexStringLower(await System.Security.Cryptography.SHA256.HashDataAsync(content, stop).ConfigureAwait(false))), limit).ConfigureAwait(false);
        return sha256;
    }, cancel);

    private async Task<T> CallAsync<T>(string what, long bytes, Func<CancellationToken, Task<T>> call, CancellationToken cancel)
    {
        try
        {
            return await _calls.RunAsync(what, bytes, call, cancel);
        }
        catch (StoreException error) when (error.Reason == "no-bucket")
        {
            _bucket.Forget();
            throw;
        }
    }
}
