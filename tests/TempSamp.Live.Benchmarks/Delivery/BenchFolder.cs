namespace TempSamp.Live.Benchmarks;

/// <summary>A folder that goes with its user.</summary>
internal sealed class BenchFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("tempsamp-bench-").FullName;

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
