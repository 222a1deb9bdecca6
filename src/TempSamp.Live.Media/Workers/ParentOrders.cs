using TempSamp.Live.Core;

namespace TempSamp.Live.Media;

/// <summary>What a parent tells the worker that reads a stream: the publisher's bytes, where to begin, whether anybody looks. Ends the process when the parent is gone.</summary>
internal sealed class ParentOrders(WirePipe pipe, FlvPipe? published)
{
    private readonly TaskCompletionSource<TimelinePlace> _place = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile IStreamInput? _input;

    /// <summary>Starts listening on a thread of its own.</summary>
    public void Start() => new Thread(Listen) { Name = "parent", IsBackground = true }.Start();

    /// <summary>Waits until the parent says where on its timeline the input begins; from then on the input gets its orders.</summary>
    public TimelinePlace Begin(IStreamInput input)
    {
        _input = input;
        return _place.Task.GetAwaiter().GetResult();
    }

    private void Listen()
    {
        while (pipe.TryReceive(out var message)) Take(message);
        ProcessLimits.Exit(0);
    }

    private void Take(WireMessage message)
    {
        switch (message.Kind)
        {
            case WireKind.Tags:
                published?.WriteAsync(message.Payload, CancellationToken.None).AsTask().GetAwaiter().GetResult();
                break;
            case WireKind.TagsEnd:
                published?.Complete(isFarewell: message.Payload is [not 0]);
                break;
            case WireKind.Go:
                _place.TrySetResult(WireFormat.ReadPlace(message));
                break;
            case WireKind.Attend:
                _input?.Attend(message.Payload is [not 0]);
                break;
        }
    }
}
