using TempSamp.Live.Delivery.Tests;
using TempSamp.Live.Testing;

[assembly: AssemblyFixture(typeof(Servers))]

namespace TempSamp.Live.Delivery.Tests;

/// <summary>The real servers of a test run, each started when the first test asks for it and shared by all.</summary>
public sealed class Servers : IAsyncLifetime
{
    private readonly Lazy<Task<KafkaBroker>> _kafka = new(() => KafkaBroker.StartAsync());
    private readonly Lazy<Task<S3Server>> _proxy = new(S3Server.StartProxyAsync);
    private readonly Lazy<Task<S3Server>> _ceph = new(S3Server.StartCephAsync);

    /// <summary>The broker; skips the test where there is none.</summary>
    public Task<KafkaBroker> KafkaAsync()
    {
        Assert.SkipWhen(KafkaBroker.WhyAbsent is not null, KafkaBroker.WhyAbsent ?? "");
        return _kafka.Value;
    }

    /// <summary>S3Proxy; skips the test where it cannot run.</summary>
    public Task<S3Server> S3ProxyAsync()
    {
        Assert.SkipWhen(ToolServer.WhyAbsent("s3proxy") is not null, ToolServer.WhyAbsent("s3proxy") ?? "");
        return _proxy.Value;
    }

    /// <summary>Ceph; skips the test unless it was asked for.</summary>
    public Task<S3Server> CephAsync()
    {
        Assert.SkipWhen(S3Server.WhyNoCeph is not null, S3Server.WhyNoCeph ?? "");
        return _ceph.Value;
    }

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        if (_kafka.IsValueCreated) await (await _kafka.Value).DisposeAsync();
        if (_proxy.IsValueCreated) await (await _proxy.Value).DisposeAsync();
        if (_ceph.IsValueCreated) await (await _ceph.Value).DisposeAsync();
    }
}
