using Microsoft.Extensions.Configuration;
using TempSamp.Live.Delivery;

namespace TempSamp.Live.Host;

/// <summary>Checks of where clips and events go.</summary>
internal static class DeliveryChecks
{
    private static readonly Dictionary<string, DoctorFault> _ofStore = new()
    {
        ["unreachable"] = DoctorFaults.StoreUnreachable, ["certificate"] = DoctorFaults.StoreCertificate, ["forbidden"] = DoctorFaults.StoreForbidden, ["not-yours"] = DoctorFaults.StoreNotYours,
        ["no-bucket"] = DoctorFaults.StoreNoBucket, ["region"] = DoctorFaults.StoreRegion, ["store-full"] = DoctorFaults.StoreFull, ["clock"] = DoctorFaults.StoreClock, ["differs"] = DoctorFaults.StoreDiffers,
        ["link-unreachable"] = DoctorFaults.LinkUnreachable, ["link-refused"] = DoctorFaults.LinkRefused, ["link-differs"] = DoctorFaults.LinkDiffers,
    };

    private static readonly Dictionary<string, DoctorFault> _ofBroker = new()
    {
        ["unreachable"] = DoctorFaults.BrokerUnreachable, ["unknown-host"] = DoctorFaults.BrokerUnknown, ["tls"] = DoctorFaults.BrokerTls, ["login"] = DoctorFaults.BrokerLogin,
        ["no-topic"] = DoctorFaults.TopicMissing, ["copies"] = DoctorFaults.TopicCopies, ["forgets"] = DoctorFaults.TopicForgets,
    };

    /// <summary>The bucket takes, holds, gives and removes a file, also by a link at the public address.</summary>
    public static async Task<Finding> StoreAsync(IConfiguration configuration, TimeProvider time, CancellationToken cancel)
    {
        var options = Settings.Get<StoreOptions>(configuration);
        if (options.Kind == StoreKind.Folder) return Finding.Good("store", "the data folder");
        try
        {
            return Finding.Good("store", await StoreTrial.RunAsync(options, Settings.Get<DeliveryOptions>(configuration), time, cancel));
        }
        catch (TrialException e)
        {
            return Finding.Of(_ofStore.GetValueOrDefault(e.Reason, DoctorFaults.StoreRefuses), e.Message);
        }
    }

    /// <summary>The brokers answer and the topics are there; where workers share their streams, also what they share them by.</summary>
    public static async Task<Finding> BrokerAsync(IConfiguration configuration, CancellationToken cancel)
    {
        var options = Settings.Get<EventsOptions>(configuration).Kafka;
        if (options.Servers.Length == 0) return Finding.Good("broker", "none: events go elsewhere");
        try
        {
            var assignments = Settings.Get<AssignmentOptions>(configuration);
            var found = await BrokerTrial.RunAsync(options, cancel);
            return Finding.Good("broker", assignments.Kind == AssignmentKind.Kafka ? $"{found}; {await GroupTrial.RunAsync(options, assignments, cancel)}" : found);
        }
        catch (TrialException e)
        {
            return Finding.Of(_ofBroker.GetValueOrDefault(e.Reason, DoctorFaults.BrokerRefuses), e.Message);
        }
    }
}
