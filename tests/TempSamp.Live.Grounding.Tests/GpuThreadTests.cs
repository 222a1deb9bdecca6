using TorchSharp;

namespace TempSamp.Live.Grounding.Tests;

public class GpuThreadTests
{
    [Fact]
    public async Task Work_runs_in_order_on_one_named_thread_without_gradients()
    {
        using var gpu = new GpuThread(1);
        var seen = new List<int>();
        var names = await Task.WhenAll(Enumerable.Range(0, 50).Select(i => gpu.RunAsync(() =>
        {
            seen.Add(i);
            return (Thread.CurrentThread.Name, torch.is_grad_enabled());
        }, default)));
        Assert.Equal(Enumerable.Range(0, 50), seen);
        Assert.All(names, n => Assert.Equal(("model", false), n));
    }

    [Fact]
    public async Task A_fault_goes_to_whoever_waits_and_the_thread_goes_on()
    {
        using var gpu = new GpuThread(1);
        await Assert.ThrowsAsync<InvalidOperationException>(() => gpu.RunAsync<int>(() => throw new InvalidOperationException("broken"), default));
        Assert.Equal(3, await gpu.RunAsync(() => 3, default));
    }

    [Fact]
    public async Task Work_cancelled_before_it_begins_does_not_run()
    {
        using var gpu = new GpuThread(1);
        using var hold = new ManualResetEventSlim();
        using var cancel = new CancellationTokenSource();
        var first = gpu.RunAsync(() => { hold.Wait(); return 1; }, default);
        var ran = false;
        var second = gpu.RunAsync(() => ran = true, cancel.Token);
        await cancel.CancelAsync();
        hold.Set();
        Assert.Equal(1, await first);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => second);
        Assert.False(ran);
    }

    [Fact]
    public async Task Tensors_of_a_piece_of_work_end_with_it()
    {
        using var gpu = new GpuThread(1);
        var tensor = await gpu.RunAsync(() => torch.ones(3), default);
        Assert.True(tensor.IsInvalid);
    }
}
