using System.Text;
using Confluent.Kafka;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using TempSamp.Live.Testing;

namespace TempSamp.Live.Delivery.Tests;

/// <summary>When a worker may publish what: the rights of its shares, claimed from a real broker.</summary>
public sealed class HeldSharesTests(Servers servers) : IAsyncDisposable
{
    private static int _groups;

    private readonly FakeTimeProvider _time = new();
    private readonly string _group = $"held-{Environment.ProcessId}-{Interlocked.Increment(ref _groups)}";
    private KafkaOptions _kafka = new();
    private KafkaSenders? _senders;

    public async ValueTask DisposeAsync()
    {
        if (_senders is not null) await _senders.DisposeAsync();
    }

    [Fact]
    public async Task A_share_is_published_from_its_claim_on_and_no_more_once_it_is_lost()
    {
        var shares = await NewAsync();
        Assert.False(shares.Of("match").IsHeld);
        await HoldAsync(shares);
        Assert.Equal(["match"], shares.Choose(["match"], id => id).Mine);
        shares.Remove([0], isLost: true);
        Assert.False(shares.Of("match").IsHeld);
        Assert.Empty(shares.Choose(["match"], id => id).Mine);
        await shares.RestAsync();
    }

    [Fact]
    public async Task A_share_that_is_to_be_given_back_runs_nothing_more_but_may_still_publish_its_end()
    {
        var shares = await NewAsync();
        await HoldAsync(shares);
        var asked = shares.Leave([0]);
        Assert.True(shares.Of("match").IsHeld);
        Assert.False(shares.IsCarriedOut(asked));
        var (mine, version) = shares.Choose(["match"], id => id);
        Assert.Empty(mine);
        shares.CarriedOut(version);
        Assert.True(shares.IsCarriedOut(asked));
    }

    [Fact]
    public async Task A_worker_that_stood_still_publishes_nothing_until_its_shares_are_confirmed()
    {
        var shares = await NewAsync();
        await HoldAsync(shares);
        var right = shares.Of("match");
        _time.Advance(new AssignmentOptions().SessionTimeout + TimeSpan.FromSeconds(1));
        Assert.False(shares.Of("match").IsHeld);   // before anything has noticed
        Assert.Contains("stood still", shares.Trouble);
        shares.Stamp();
        Assert.True(shares.IsInDoubt);
        Assert.False(shares.Of("match").IsHeld);
        shares.Confirm();
        Assert.Equal(right, shares.Of("match"));
        Assert.Null(shares.Trouble);
    }

    [Theory]
    [InlineData(9, false)]   // longer than the session time-out
    [InlineData(6, false)]   // others count from the last heartbeat, which may be a while before
    [InlineData(6, true)]    // it is noticed before the loss is told
    public async Task What_is_left_of_a_share_may_be_handed_over_unless_it_was_lost_while_the_process_stood_still(double seconds, bool isNoticed)
    {
        var shares = await NewAsync();
        Assert.True(shares.IsElsewhere("match"));   // whatever an earlier run has left
        await HoldAsync(shares);
        Assert.False(shares.IsElsewhere("match"));
        shares.Remove([0], isLost: true);
        await shares.RestAsync();
        Assert.True(shares.IsElsewhere("match"));

        await HoldAsync(shares);
        _time.Advance(TimeSpan.FromSeconds(seconds));
        if (isNoticed) shares.Stamp();
        shares.Remove([0], isLost: true);
        await shares.RestAsync();
        Assert.False(shares.IsElsewhere("match"));
    }

    [Fact]
    public async Task A_right_that_was_pushed_aside_is_claimed_anew_only_when_the_share_is_confirmed()
    {
        var shares = await NewAsync();
        await HoldAsync(shares);
        var right = shares.Of("match");
        await using var other = new KafkaSenders(Of(_kafka), NullLogger<KafkaSenders>.Instance);
        await other.ClaimAsync(right.TransactionalId!);
        await new KafkaTopics(_kafka).EnsureAsync(_group, default);
        await Assert.ThrowsAsync<KafkaException>(() => _senders!.Of(right)!.SendAsync(_group, new() { Key = "k"u8.ToArray(), Value = Encoding.UTF8.GetBytes("v") }, default));
        Assert.True(shares.IsInDoubt);
        Assert.Contains("was claimed by another worker", shares.Trouble);

        shares.Confirm();
        await UntilHeldAsync(shares);
        Assert.Null(shares.Trouble);
        Assert.NotEqual(right, shares.Of("match"));
        Assert.False(shares.IsInDoubt);
        await _senders!.Of(shares.Of("match"))!.SendAsync(_group, new() { Key = "k"u8.ToArray(), Value = Encoding.UTF8.GetBytes("v") }, default);
    }

    private async Task<HeldShares> NewAsync()
    {
        _kafka = new() { Servers = (await servers.KafkaAsync()).Address, Partitions = 1, Replicas = 1 };
        _senders = new(Of(_kafka), NullLogger<KafkaSenders>.Instance);
        var shares = new HeldShares(Microsoft.Extensions.Options.Options.Create(new AssignmentOptions { Kind = AssignmentKind.Kafka, Group = _group }), _senders, _time, NullLogger<HeldShares>.Instance);
        shares.Divide(1);
        return shares;
    }

    private static async Task HoldAsync(HeldShares shares)
    {
        shares.Take([0]);
        Assert.False(shares.Of("match").IsHeld);
        await UntilHeldAsync(shares);
    }

    private static Task UntilHeldAsync(HeldShares shares) => Until.TrueAsync("the share is held", TimeSpan.FromMinutes(1), () =>
    {
        shares.Settle();
        return Task.FromResult(shares.Of("match").IsHeld);
    });

    private static Microsoft.Extensions.Options.IOptions<EventsOptions> Of(KafkaOptions kafka) => Microsoft.Extensions.Options.Options.Create(new EventsOptions { Kafka = kafka });
}
