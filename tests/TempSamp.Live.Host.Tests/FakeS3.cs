using System.Collections.Concurrent;
using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace TempSamp.Live.Host.Tests;

/// <summary>An S3 server that believes every signature and keeps objects in memory. <see cref="Before"/> makes it misbehave.</summary>
internal sealed class FakeS3 : IAsyncDisposable
{
    private readonly ConcurrentDictionary<string, byte[]> _objects = [];
    private readonly WebApplication _app;

    private FakeS3(WebApplication app) => _app = app;

    /// <summary>Where it listens.</summary>
    public string Endpoint { get; private set; } = "";

    /// <summary>Asked first; answers instead when it says true.</summary>
    public Func<HttpContext, bool> Before { get; set; } = _ => false;

    /// <summary>What it does to what it was given.</summary>
    public Func<byte[], byte[]> Keeps { get; set; } = content => content;

    public static Task<FakeS3> StartAsync(X509Certificate2? certificate = null) => StartAsync(certificate is null ? null : () => certificate);

    /// <summary>Starts it with TLS; each connection asks anew which certificate.</summary>
    public static async Task<FakeS3> StartAsync(Func<X509Certificate2>? certificate)
    {
        var builder = WebApplication.CreateEmptyBuilder(new());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(server => server.Listen(IPAddress.Loopback, 0, listen =>
        {
            if (certificate is not null) listen.UseHttps(https => https.ServerCertificateSelector = (_, _) => certificate());
        }));
        builder.WebHost.UseKestrelHttpsConfiguration();
        var fake = new FakeS3(builder.Build());
        fake._app.Run(fake.AnswerAsync);
        await fake._app.StartAsync();
        fake.Endpoint = fake._app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();
        return fake;
    }

    /// <summary>Answers as S3 servers refuse.</summary>
    public static bool Refuse(HttpContext http, int status, string code)
    {
        (http.Response.StatusCode, http.Response.ContentType) = (status, "application/xml");
        if (HttpMethods.IsHead(http.Request.Method)) return true;
        http.Response.WriteAsync($"<?xml version=\"1.0\"?><Error><Code>{code}</Code><Message>as told</Message><Resource>{http.Request.Path}</Resource><RequestId>1</RequestId></Error>").GetAwaiter().GetResult();
        return true;
    }

    /// <summary>Whether a request is of a bucket and not of an object in it.</summary>
    public static bool IsOfBucket(HttpContext http) => http.Request.Path.Value!.Trim('/') is { Length: > 0 } path && !path.Contains('/', StringComparison.Ordinal);

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private async Task AnswerAsync(HttpContext http)
    {
        if (Before(http) || http.Request.Path == "/" || IsOfBucket(http)) return;
        var (key, answer) = (http.Request.Path.Value!, http.Response);
        switch (http.Request.Method)
        {
            case "PUT":
                using (var content = new MemoryStream())
                {
                    await http.Request.Body.CopyToAsync(content);
                    _objects[key] = Keeps(content.ToArray());
                }
                answer.Headers.ETag = ETagOf(_objects[key]);
                return;
            case "DELETE":
                _objects.TryRemove(key, out _);
                answer.StatusCode = StatusCodes.Status204NoContent;
                return;
            default:
                if (!_objects.TryGetValue(key, out var held))
                {
                    Refuse(http, StatusCodes.Status404NotFound, "NoSuchKey");
                    return;
                }
                (answer.Headers.ETag, answer.Headers.LastModified, answer.ContentLength) = (ETagOf(held), "Thu, 01 Jan 2026 00:00:00 GMT", held.Length);
                if (!HttpMethods.IsHead(http.Request.Method)) await answer.Body.WriteAsync(held);
                return;
        }
    }

    private static string ETagOf(byte[] content) => $"\"{Convert.ToHexStringLower(MD5.HashData(content))}\"";
}
