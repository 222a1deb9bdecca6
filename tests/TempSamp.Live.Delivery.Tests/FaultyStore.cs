using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using TempSamp.Live.Core;

namespace TempSamp.Live.Delivery.Tests;

/// <summary>The folder store with faults: refuses, spoils or hangs when told to.</summary>
internal sealed class FaultyStore(DeliveryFixture delivery) : IClipStore
{
    private readonly FolderClipStore _inner = new(Options.Create(new DeliveryOptions { Directory = delivery.Root }));
    private readonly TaskCompletionSource _hangs = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _refusals;

    /// <summary>Files whose content is spoiled after they were taken.</summary>
    public int Spoils { get; set; }

    /// <summary>Whether it copies as a remote store does, and leaves the spool alone.</summary>
    public bool KeepsSpool { get; init; }

    /// <summary>Never returns from this step, such as <c>put c1.jpg</c>.</summary>
    public string? HangsAt { get; init; }

    /// <summary>Ends when it hangs.</summary>
    public Task Hangs => _hangs.Task;

    public int RefusalsLeft => _refusals;

    public string Name => "the faulty store";

    public void Use(IServiceCollection services) => services.Replace(ServiceDescriptor.Singleton<IClipStore>(this));

    public void Refuse(int times) => _refusals = times;

    public string UriOf(ClipPlan plan, string name) => _inner.UriOf(plan, name);

    public Task ProbeAsync(CancellationToken cancel) =>
        _refusals > 0 ? Task.FromException(new StoreException("the faulty store is away", "unreachable")) : _inner.ProbeAsync(cancel);

    public async Task PutAsync(ClipPlan plan, UnitFile file, string path, CancellationToken cancel)
    {
        if (_refusals > 0)
        {
            _refusals--;
            throw new StoreException("the faulty store is away", "unreachable");
        }
        await HangAsync($"put {file.Name}", cancel);
        if (KeepsSpool) File.Copy(path, path + ".copy", overwrite: true);
        await _inner.PutAsync(plan, file, KeepsSpool ? path + ".copy" : path, cancel);
        if (Spoils-- > 0) File.AppendAllText(new Uri(UriOf(plan, file.Name)).LocalPath, "!");
    }

    public async Task<string?> CheckAsync(StoredFile file, CancellationToken cancel)
    {
        await HangAsync($"check {Path.GetFileName(new Uri(file.Uri).LocalPath)}", cancel);
        return await _inner.CheckAsync(file, cancel);
    }

    public Task RemoveAsync(string uri, CancellationToken cancel) => _inner.RemoveAsync(uri, cancel);

    public Task<Uri?> LinkAsync(string uri, TimeSpan lifetime) => _inner.LinkAsync(uri, lifetime);

    public IAsyncEnumerable<HeldFile> ListAsync(CancellationToken cancel) => _inner.ListAsync(cancel);

    private Task HangAsync(string step, CancellationToken cancel)
    {
        if (step != HangsAt) return Task.CompletedTask;
        _hangs.TrySetResult();
        return new TaskCompletionSource().Task.WaitAsync(cancel);
    }
}
