using System;
using System.IO;
using System.Reflection;
using System.Runtime.InteropServices;

namespace FFmpeg.AutoGen;

/// <summary>FFmpeg's functions and constants under their C names.</summary>
/// <remarks>Touching a constant loads nothing; a library is loaded when one of its functions is first called.</remarks>
public static unsafe partial class ffmpeg
{
    /// <summary>Try again: more input or output is needed first. Used as <c>AVERROR(EAGAIN)</c>.</summary>
    public static readonly int EAGAIN = 11;

    /// <summary>Out of memory.</summary>
    public static readonly int ENOMEM = 12;

    /// <summary>Invalid argument.</summary>
    public static readonly int EINVAL = 22;

    /// <summary>Broken pipe.</summary>
    public static readonly int EPIPE = 32;

    static ffmpeg() => NativeLibrary.SetDllImportResolver(typeof(ffmpeg).Assembly, Resolve);

    /// <summary>Folder of the libraries; empty leaves the search to the system's loader. Set it before the first call.</summary>
    public static string RootPath { get; set; } = Directory.Exists(DebianPath) ? DebianPath : "";

    private const string DebianPath = "/usr/lib/x86_64-linux-gnu";

    /// <summary>The negative code of an errno value.</summary>
    public static int AVERROR<T1>(T1 a) => -Convert.ToInt32(a);

    /// <summary>Four characters as one little-endian number.</summary>
    public static int MKTAG<T1, T2, T3, T4>(T1 a, T2 b, T3 c, T4 d) =>
        (int)(Convert.ToUInt32(a) | (Convert.ToUInt32(b) << 8) | (Convert.ToUInt32(c) << 16) | (Convert.ToUInt32(d) << 24));

    /// <summary>The error code made of four characters.</summary>
    public static int FFERRTAG<T1, T2, T3, T4>(T1 a, T2 b, T3 c, T4 d) => -MKTAG(a, b, c, d);

    /// <summary>A version as one number.</summary>
    public static int AV_VERSION_INT<T1, T2, T3>(T1 a, T2 b, T3 c) =>
        (Convert.ToInt32(a) << 16) | (Convert.ToInt32(b) << 8) | Convert.ToInt32(c);

    /// <summary>A fraction.</summary>
    public static AVRational av_make_q(int num, int den) => new() { num = num, den = den };

    /// <summary>A fraction as a floating-point number.</summary>
    public static double av_q2d(AVRational a) => a.num / (double)a.den;

    /// <summary>The reciprocal of a fraction.</summary>
    public static AVRational av_inv_q(AVRational q) => new() { num = q.den, den = q.num };

    /// <summary>1, 0 or -1 as <paramref name="a"/> is greater than, equal to or less than <paramref name="b"/>; int.MinValue when either is 0/0.</summary>
    public static int av_cmp_q(AVRational a, AVRational b)
    {
        var difference = a.num * (long)b.den - b.num * (long)a.den;
        if (difference != 0)
        {
            return (int)((difference ^ a.den ^ b.den) >> 63) | 1;
        }
        return b.den != 0 && a.den != 0 ? 0 : a.num != 0 && b.num != 0 ? (a.num >> 31) - (b.num >> 31) : int.MinValue;
    }

    /// <summary>The position in a byte stream.</summary>
    public static long avio_tell(AVIOContext* s) => avio_seek(s, 0, 1);

    private static string Text(byte* text) => Marshal.PtrToStringUTF8((IntPtr)text);

    private static IntPtr Resolve(string name, Assembly assembly, DllImportSearchPath? path) =>
        LibraryVersionMap.TryGetValue(name, out var major)
        && NativeLibrary.TryLoad(Path.Combine(RootPath, $"lib{name}.so.{major}"), out var library)
            ? library
            : IntPtr.Zero;
}
