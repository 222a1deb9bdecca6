using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using TempSamp.Live.Testing;

namespace TempSamp.Live.Delivery.Tests;

/// <summary>A broker that asks for TLS, a name and a password.</summary>
public sealed class SecureBrokerTests : IDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(5);

    private readonly DeliveryFixture _delivery = new();

    public void Dispose() => _delivery.Dispose();

    [Fact]
    public async Task An_expired_certificate_and_a_wrong_password_are_told_and_the_event_goes_out_when_both_are_mended()
    {
        Assert.SkipWhen(ToolServer.WhyAbsent("kafka") is not null, ToolServer.WhyAbsent("kafka") ?? "");
        await using var broker = await SecureKafka.StartAsync(TimeProvider.System.GetUtcNow().AddDays(-20));
        var kafka = new KafkaOptions
        {
            Servers = broker.Address, Security = KafkaSecurity.SaslSsl, Mechanism = "PLAIN", User = SecureKafka.User, Password = SecureKafka.Password, CertificateFile = broker.AuthorityFile,
            Partitions = 1, Replicas = 1, SendTimeout = TimeSpan.FromSeconds(10),
        };
        var quick = new DeliveryOptions { Directory = _delivery.Root, ProbeEvery = TimeSpan.FromSeconds(1), RetryMost = TimeSpan.FromSeconds(1) };
        await using var running = await RunningDelivery.StartAsync(_delivery.Root, TimeProvider.System, services => services
            .Replace(ServiceDescriptor.Singleton(Options.Create(quick))).Replace(ServiceDescriptor.Singleton(Options.Create(new EventsOptions { Journal = false, Kafka = kafka }))));
        ChannelHealth Broker() => running.Services.GetRequiredService<IDeliveryHealth>().Channels.Single();
        Task UntilAsync(string what, Func<ChannelHealth, bool> holds) => Until.TrueAsync(what, s_patience, () => Task.FromResult(holds(Broker())), () => $"{Broker()}");
        await running.Events.PublishAsync(_delivery.Detected(), default);

        await UntilAsync("the certificate's trouble", health => health.Trouble?.Contains("the TLS connection fails", StringComparison.Ordinal) == true);
        await broker.StartRenewedAsync("another");
        await UntilAsync("the password's trouble", health => health.Trouble?.Contains("do not accept the name or password", StringComparison.Ordinal) == true);
        Assert.Equal(1, Broker().Waiting);
        Assert.DoesNotContain(SecureKafka.Password, Broker().Trouble);
        await broker.StartRenewedAsync(SecureKafka.Password);
        await UntilAsync("the event's arrival", health => health is { Trouble: null, Waiting: 0 });
    }
}
