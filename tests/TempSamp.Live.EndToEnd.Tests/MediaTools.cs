using System.Diagnostics;
using System.Globalization;
using System.Text.Json;

namespace TempSamp.Live.EndToEnd.Tests;

/// <summary>What an independent reader, the ffmpeg command line, says of a file.</summary>
internal static class MediaTools
{
    /// <summary>Decodes every stream; returns the complaints, empty when there are none.</summary>
    public static async Task<string> DecodeAsync(string file)
    {
        var (code, _, error) = await RunAsync("ffmpeg", "-nostdin", "-v", "error", "-xerror", "-i", file, "-f", "null", "-");
        return code == 0 ? error : $"exit code {code}: {error}";
    }

    /// <summary>Picture type and key flag of the first shown frame, and the shown length of the video track.</summary>
    public static async Task<(bool StartsOnKeyFrame, TimeSpan Length, TimeSpan Frame)> InspectAsync(string file)
    {
        var (code, output, error) = await RunAsync("ffprobe", "-v", "error", "-select_streams", "v:0", "-show_entries",
            "frame=key_frame,pts_time,duration_time", "-of", "json", file);
        Assert.True(code == 0, error);
        var frames = JsonDocument.Parse(output).RootElement.GetProperty("frames").EnumerateArray().ToList();
        var last = frames[^1];
        var frame = Seconds(last, "duration_time");
        return (frames[0].GetProperty("key_frame").GetInt32() == 1, Seconds(last, "pts_time") + frame - Seconds(frames[0], "pts_time"), frame);
    }

    private static TimeSpan Seconds(JsonElement frame, string name) =>
        TimeSpan.FromSeconds(double.Parse(frame.GetProperty(name).GetString()!, CultureInfo.InvariantCulture));

    private static async Task<(int Code, string Output, string Error)> RunAsync(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var output = process.StandardOutput.ReadToEndAsync();
        var error = await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        return (process.ExitCode, await output, error);
    }
}
