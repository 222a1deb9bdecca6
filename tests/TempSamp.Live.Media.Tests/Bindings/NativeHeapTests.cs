using System.Runtime.InteropServices;

namespace TempSamp.Live.Media.Tests;

public sealed unsafe partial class NativeHeapTests
{
    private const int Blocks = 1000, BlockBytes = 16 << 10, Kept = 64;   // blocks too small to be mapped on their own
    private const int Page = 4096, WholePages = (BlockBytes / Page) - 1;

    [Fact]
    public void What_is_free_between_what_is_used_is_given_back()
    {
        Assert.SkipUnless(NativeHeap.CanGiveBack, "This C library has no malloc_trim: it is no glibc.");
        var blocks = new nint[Blocks];
        for (var i = 0; i < Blocks; i++)
        {
            blocks[i] = (nint)NativeMemory.Alloc(BlockBytes);
            NativeMemory.Fill((void*)blocks[i], BlockBytes, 1);
        }

        var (used, free) = (blocks.Where((_, i) => i % Kept == 0).ToList(), blocks.Where((_, i) => i % Kept != 0).ToList());   // the used ones keep the heap from shrinking
        Assert.True(blocks.All(IsThere));
        foreach (var block in free) NativeMemory.Free((void*)block);
        NativeHeap.GiveBack();

        Assert.InRange(free.Count(block => !IsThere(block)), free.Count / 4, free.Count);   // some may be somebody else's already
        Assert.True(used.All(IsThere));
        foreach (var block in used) NativeMemory.Free((void*)block);
    }

    // Whether the whole pages of a block have memory behind them.
    private static bool IsThere(nint block)
    {
        var states = stackalloc byte[WholePages];
        var first = (block + Page - 1) / Page * Page;
        if (AreThere(first, WholePages * Page, states) != 0) return false;   // not even mapped
        for (var i = 0; i < WholePages; i++)
            if ((states[i] & 1) == 0) return false;
        return true;
    }

    [LibraryImport("libc", EntryPoint = "mincore")]
    private static partial int AreThere(nint address, nuint length, byte* states);
}
