using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using CloudNative.CloudEvents;
using CloudNative.CloudEvents.Extensions;
using CloudNative.CloudEvents.SystemTextJson;
using Microsoft.Extensions.Options;

namespace TempSamp.Live.Delivery;

/// <summary>Makes CloudEvents 1.0 of events, with <c>partitionkey</c>, a zero-padded <c>sequence</c>, which sorts as text, and <c>traceparent</c> where there is one.</summary>
public sealed class CloudEventWriter(IOptions<DeliveryOptions> options)
{
    /// <summary>Content type of <see cref="Structured"/>.</summary>
    public const string StructuredType = "application/cloudevents+json; charset=UTF-8";

    private static readonly CloudEventAttribute _traceParent = CloudEventAttribute.CreateExtension("traceparent", CloudEventAttributeType.String);
    private static readonly CloudEventAttribute[] _extensions = [.. Partitioning.AllAttributes, .. CloudNative.CloudEvents.Extensions.Sequence.AllAttributes, _traceParent];
    private static readonly JsonEventFormatter _formatter = new(new JsonSerializerOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }, default);

    private readonly string _root = options.Value.Tenant.Length == 0 ? "" : $"/tenants/{Uri.EscapeDataString(options.Value.Tenant)}";

    /// <summary>The <c>source</c> attribute of a stream's events.</summary>
    public string SourceOf(string streamId) => $"{_root}/streams/{Uri.EscapeDataString(streamId)}";

    /// <summary>One event in structured mode: UTF-8 JSON without line breaks.</summary>
    public ReadOnlyMemory<byte> Structured(ToldEvent told)
    {
        var cloudEvent = Of(told);
        using var data = JsonDocument.Parse(told.Data);
        cloudEvent.Data = data.RootElement;
        return _formatter.EncodeStructuredModeMessage(cloudEvent, out _);
    }

    /// <summary>The attributes of an event, in the text form that headers take; its data are its body as they are.</summary>
    public IEnumerable<(string Name, string Value)> Attributes(ToldEvent told)
    {
        var cloudEvent = Of(told);
        yield return ("specversion", cloudEvent.SpecVersion.VersionId);
        foreach (var (attribute, value) in cloudEvent.GetPopulatedAttributes())
            if (attribute.Name != "datacontenttype") yield return (attribute.Name, attribute.Format(value));
    }

    private CloudEvent Of(ToldEvent told)
    {
        var cloudEvent = new CloudEvent(CloudEventsSpecVersion.V1_0, _extensions)
        {
            Id = told.Id,
            Type = told.Type,
            Source = new Uri(SourceOf(told.StreamId), UriKind.Relative),
            Subject = told.Subject,
            Time = told.At.ToUniversalTime(),
            DataContentType = "application/json",
            [Partitioning.PartitionKeyAttribute] = told.StreamId,
            [CloudNative.CloudEvents.Extensions.Sequence.SequenceAttribute] = told.Sequence.ToString("D20", CultureInfo.InvariantCulture),
        };
        if (told.Trace is not null) cloudEvent[_traceParent] = told.Trace;
        return cloudEvent;
    }
}
