namespace TempSamp.Live.Media;

/// <summary>A worker's sign of life: a beat at a steady pace that says how long the work has been in one call. Ends the process when nobody listens.</summary>
internal sealed class WorkerPulse(WirePipe pipe, TimeSpan every, TimeProvider time)
{
    private readonly ManualResetEventSlim _isWorking = new(initialState: true);
    private long _busySince = time.GetTimestamp();

    /// <summary>Starts beating from a thread of its own, for as long as the process lives.</summary>
    public void Start() => new Thread(Beat) { Name = "pulse", IsBackground = true }.Start();

    /// <summary>The work came out of a call: what follows is another one.</summary>
    public void Step() => Volatile.Write(ref _busySince, time.GetTimestamp());

    /// <summary>Beats only until the result is disposed: an idle worker, whose pipe nobody reads, is silent.</summary>
    public IDisposable Working()
    {
        Step();
        _isWorking.Set();
        return new Rest(_isWorking);
    }

    private void Beat()
    {
        using var never = new ManualResetEventSlim();
        var writer = new WireWriter();
        while (true)
        {
            _isWorking.Wait();
            try
            {
                pipe.Send(WireKind.Beat, writer.Clear().Long((long)time.GetElapsedTime(Volatile.Read(ref _busySince)).TotalMilliseconds).Written);
            }
            catch (IOException)
            {
                ProcessLimits.Exit(0);
            }

            never.Wait(every);
        }
    }

    private sealed class Rest(ManualResetEventSlim isWorking) : IDisposable
    {
        public void Dispose() => isWorking.Reset();
    }
}
