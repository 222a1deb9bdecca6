using System.Net;
using System.Security.Cryptography;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using TempSamp.Live.Core;

namespace TempSamp.Live.Delivery;

/// <summary>Sends a small file on the whole way of a clip: into the bucket, checked there, fetched by a link at the public address, and removed.</summary>
public static class StoreTrial
{
    /// <summary>How long the link of the trial is valid.</summary>
    private static readonly TimeSpan _lifetime = TimeSpan.FromMinutes(5);

    /// <summary>Tries the bucket of the options.</summary>
    /// <returns>What is there, for people.</returns>
    /// <exception cref="TrialException">
    /// The reason is one of <see cref="StoreException"/>, or <c>differs</c>, <c>link-unreachable</c>, <c>link-refused</c>, <c>link-differs</c>.
    /// </exception>
    public static async Task<string> RunAsync(StoreOptions options, DeliveryOptions delivery, TimeProvider time, CancellationToken cancel)
    {
        using var store = new S3ClipStore(Options.Create(options), Options.Create(delivery), NullLogger<S3ClipStore>.Instance, time);
        var path = Path.GetTempFileName();
        try
        {
            await File.WriteAllBytesAsync(path, RandomNumberGenerator.GetBytes(1024), cancel);
            return await RunAsync(store, options, path, cancel);
        }
        catch (StoreException error)
        {
            throw new TrialException(error.Reason, error.Message, error);
        }
        finally
        {
            File.Delete(path);
        }
    }

    private static async Task<string> RunAsync(S3ClipStore store, StoreOptions options, string path, CancellationToken cancel)
    {
        var plan = Plan();
        await store.ProbeAsync(cancel);
        var digest = await FileDigest.OfAsync(path, cancel);
        var uri = store.UriOf(plan, plan.Id + ".txt");
        await store.PutAsync(plan, new("main", plan.Id + ".txt", "text/plain", digest.Bytes, digest.Sha256, digest.ETag), path, cancel);
        try
        {
            if (await store.CheckAsync(new("main", uri, digest.Bytes, digest.Sha256, digest.ETag) { Md5 = digest.Md5 }, cancel) is { } wrong) throw new TrialException("differs", $"{store.Name}: {wrong}");
            var link = (await store.LinkAsync(uri, _lifetime))!;
            await FetchAsync(link, options, digest.Sha256, cancel);
            return $"{store.Name} takes, holds and gives a file; links at {link.GetLeftPart(UriPartial.Authority)} work";
        }
        finally
        {
            await store.RemoveAsync(uri, cancel);
        }
    }

    /// <summary>Fetches as somebody outside would, with nothing but the link.</summary>
    private static async Task FetchAsync(Uri link, StoreOptions options, string sha256, CancellationToken cancel)
    {
        var at = link.GetLeftPart(UriPartial.Authority);
        using var http = S3Connection.Http(options);
        http.Timeout = options.Timeout;
        try
        {
            using var answer = await http.GetAsync(link, cancel);
            if (answer.StatusCode != HttpStatusCode.OK) throw new TrialException("link-refused", $"a link at {at} is answered with {(int)answer.StatusCode} {answer.ReasonPhrase}");
            var held = Convert.ToHexStringLower(SHA256.HashData(await answer.Content.ReadAsByteArrayAsync(cancel)));
            if (held != sha256) throw new TrialException("link-differs", $"a link at {at} gives something else than what was stored");
        }
        catch (Exception error) when (error is HttpRequestException or OperationCanceledException && !cancel.IsCancellationRequested)
        {
            throw new TrialException("link-unreachable", $"a link at {at} cannot be fetched: {error.GetBaseException().Message}", error);
        }
    }

    /// <summary>A clip that nobody asked for, under an id of its own.</summary>
    private static ClipPlan Plan()
    {
        var (span, id) = (TimeRange.FromSeconds(0, 1), Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(12)));
        return new(id, "doctor", "doctor", DateTimeOffset.UnixEpoch, "arrival", new("doctor", "doctor", 0.5, ClipPolicy.Default), new("doctor", span, 1, 1, []), span, new("doctor", ""));
    }
}
