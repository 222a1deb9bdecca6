using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using TempSamp.Live.Core;

namespace TempSamp.Live.EndToEnd.Tests;

public sealed class ServiceFaultTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("tempsamp-fault-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task A_service_that_breaks_stops_the_daemon_and_its_fault_comes_out()
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["Logging:Level"] = "None",
            ["Delivery:Directory"] = _folder,
            ["Rtmp:Port"] = "0",
            ["Rtmp:Address"] = "127.0.0.1",
            ["Streams:a:Url"] = "listen:key",
            ["Streams:a:Queries:q:Text"] = "a goal",
        }).Build();
        await using var daemon = Daemon.Create(configuration, services =>
        {
            services.Replace(ServiceDescriptor.Singleton<IMomentFinder>(new ScriptedFinder(new Dictionary<string, IReadOnlyList<TimeRange>>())));
            services.AddHostedService<Broken>();
        });
        await daemon.StartAsync(TestContext.Current.CancellationToken);

        var fault = await daemon.RunToEndAsync(TestContext.Current.CancellationToken);

        Assert.Equal("the disk of the service is gone", Assert.IsType<IOException>(fault).Message);
    }

    private sealed class Broken : BackgroundService
    {
        protected override async Task ExecuteAsync(CancellationToken stoppingToken)
        {
            await Task.Yield();
            throw new IOException("the disk of the service is gone");
        }
    }
}
