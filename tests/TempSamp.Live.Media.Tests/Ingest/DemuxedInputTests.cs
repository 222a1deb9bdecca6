using System.Runtime.InteropServices;
using TempSamp.Live.Testing;

namespace TempSamp.Live.Media.Tests;

public class DemuxedInputTests
{
    private const int Others = 4096;

    // A handle that is freed twice may be somebody else's the second time.
    [Fact]
    public void Disposed_twice_it_takes_no_handle_from_anybody()
    {
        Assert.SkipWhen(SharedData.Media is null, SharedData.Missing("media"));
        FFmpegLibraries.Ensure();
        var path = Path.Combine(SharedData.Media!, "gop", "h264_open_gop.ts");
        var url = new StreamUrl(StreamUrlKind.File, path);
        var input = DemuxedInput.Open(url, File.OpenRead(path), "mpegts", new IngestOptions(), new Deadline(TimeProvider.System, default));
        var container = input.Container;
        input.Dispose();
        Assert.Equal((container, null, 0), (input.Container, input.Duration, input.BitRate));        // still asked by whoever reports on the stream
        var handles = Enumerable.Range(0, Others).Select(_ => GCHandle.Alloc(new object())).ToArray();
        try
        {
            input.Dispose();
            var again = Enumerable.Range(0, Others).Select(_ => GCHandle.Alloc("another's")).ToArray();
            Assert.DoesNotContain(handles, h => h.Target is string);
            foreach (var handle in again) handle.Free();
        }
        finally
        {
            foreach (var handle in handles) handle.Free();
        }
    }
}
