using System.Runtime.InteropServices;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using TempSamp.Live.Core;
using TempSamp.Live.Delivery;
using TempSamp.Live.TestWorker;

// A worker without pictures, to be killed and frozen: shares streams with others as the daemon does, through the daemon's own delivery, and tells of
// invented sessions and clips. Its one argument is the plan.
var plan = JsonSerializer.Deserialize<WorkerPlan>(args[0])!;
var patience = TimeSpan.FromMinutes(5);   // of a busy machine
using var stop = new CancellationTokenSource();
using var onTerm = PosixSignalRegistration.Create(PosixSignal.SIGTERM, signal =>
{
    signal.Cancel = true;
    stop.Cancel();
});

var kafka = new KafkaOptions { Servers = plan.Servers, ClipTopic = plan.EventTopic, StreamTopic = plan.EventTopic, Partitions = 4, Replicas = 1, SendTimeout = TimeSpan.FromMinutes(1) };
var services = new ServiceCollection().AddLogging(logging => logging.AddProvider(new LineLog(plan.Name))).AddDelivery();
services.AddSingleton<IWantedStreams>(new GivenStreams(plan.Streams));
services.Replace(ServiceDescriptor.Singleton(Options.Create(new DeliveryOptions { Directory = plan.Folder, DrainTime = patience, RetryMost = TimeSpan.FromSeconds(2), Retention = new() { FreeBytes = 0 } })));
services.Replace(ServiceDescriptor.Singleton(Options.Create(new EventsOptions { Journal = false, Kafka = kafka })));
services.Replace(ServiceDescriptor.Singleton(Options.Create(
    new AssignmentOptions { Kind = AssignmentKind.Kafka, Topic = plan.SpecTopic, Group = plan.SpecTopic, Partitions = plan.Partitions, DrainTime = patience, SessionTimeout = TimeSpan.FromSeconds(plan.SessionSeconds), Protocol = Enum.Parse<GroupProtocol>(plan.Protocol) })));

await using var provider = services.BuildServiceProvider();
var hosted = provider.GetServices<IHostedService>().ToList();
foreach (var service in hosted) await service.StartAsync(default);
await new InventedStreams(plan, provider.GetRequiredService<IClipEvents>()).RunAsync(provider.GetRequiredService<IStreamAssignments>(), stop.Token);
foreach (var service in Enumerable.Reverse(hosted)) await service.StopAsync(default);
