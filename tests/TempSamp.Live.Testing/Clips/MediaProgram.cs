using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace TempSamp.Live.Testing;

/// <summary>The ffmpeg and ffprobe programs: a judge that shares no code with the service.</summary>
public static class MediaProgram
{
    /// <summary>Runs a program to its end.</summary>
    /// <returns>What it wrote, what it complained of, and its exit code.</returns>
    public static (byte[] Output, string Errors, int Code) Run(string program, params IEnumerable<string> arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true })!;
        process.StandardInput.Close();
        var errors = process.StandardError.ReadToEndAsync();
        using var output = new MemoryStream();
        process.StandardOutput.BaseStream.CopyTo(output);
        process.WaitForExit();
        return (output.ToArray(), errors.GetAwaiter().GetResult(), process.ExitCode);
    }

    /// <summary>Rows of a <c>framemd5</c> listing: time in seconds and hash.</summary>
    public static List<(double At, string Hash)> Rows(byte[] listing)
    {
        var unit = 1.0;
        var rows = new List<(double, string)>();
        foreach (var line in Encoding.UTF8.GetString(listing).Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            if (line.StartsWith("#tb 0: ", StringComparison.Ordinal))
            {
                var parts = line["#tb 0: ".Length..].Split('/');
                unit = double.Parse(parts[0], CultureInfo.InvariantCulture) / double.Parse(parts[1], CultureInfo.InvariantCulture);
            }

            if (line[0] == '#') continue;
            var fields = line.Split(',');
            rows.Add((long.Parse(fields[2], CultureInfo.InvariantCulture) * unit, fields[^1].Trim()));
        }

        return rows;
    }
}
