using System.Text.Json;
using Confluent.Kafka;
using Microsoft.Extensions.Options;

namespace TempSamp.Live.Delivery;

/// <summary>Whether this worker is a member of its group, as its client tells: by statistics every few seconds, and by errors in between. The group's thread tells, everybody asks.</summary>
/// <remarks>The client does not say when brokers are back, but its statistics name the state of group and coordinator. Shares that are being moved are no trouble.</remarks>
internal sealed class GroupMembership
{
    /// <summary>How often the client is to tell: bounds how soon trouble, and its end, are known.</summary>
    public static readonly TimeSpan Every = TimeSpan.FromSeconds(2);

    private readonly string _where;
    private volatile string? _trouble;
    private Error? _last;
    private bool _isMember;

    /// <summary>No member yet.</summary>
    public GroupMembership(IOptions<EventsOptions> events, IOptions<AssignmentOptions> assignments)
    {
        _where = $"Kafka at {events.Value.Kafka.Servers}, group '{assignments.Value.Group}'";
        Leave("not joined yet");
    }

    /// <summary>Why this worker takes no part; null while it does.</summary>
    public string? Trouble => _trouble;

    /// <summary>The client met an error; it is the reason when trouble follows.</summary>
    public void Note(Error error) => _last = error;

    /// <summary>Its shares were lost, or it could not join: it is no member until its client says so again.</summary>
    public void Leave(string why) => (_isMember, _trouble) = (false, $"{_where}: {why}");

    /// <summary>Takes what the client tells.</summary>
    /// <param name="statistics">The client's statistics as JSON, of which <c>cgrp</c> is read.</param>
    public void Take(string statistics)
    {
        using var document = JsonDocument.Parse(statistics);
        if (!document.RootElement.TryGetProperty("cgrp", out var group)) return;
        var (state, step) = (group.GetProperty("state").GetString(), group.GetProperty("join_state").GetString());
        if (state != "up") _trouble = $"{_where}: its coordinator does not answer ({_last?.Reason ?? state}); check Events:Kafka:Servers and that the brokers are up. Others take this worker's streams over after Assignments:SessionTimeout";
        else if (step == "steady") (_isMember, _trouble, _last) = (true, null, null);
        else if (_isMember) _trouble = null;   // shares move
        else _trouble = $"{_where}: no shares of the streams yet ({step}{(_last is null ? "" : ": " + _last.Reason)}); other workers may be finishing clips first, at most for Assignments:DrainTime";
    }
}
