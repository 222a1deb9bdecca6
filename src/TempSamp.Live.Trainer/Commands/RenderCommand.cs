using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using TempSamp.Live.Media;

namespace TempSamp.Live.Trainer;

/// <summary><c>tempsamp-train render</c>: labelled broadcasts into a folder.</summary>
public static class RenderCommand
{
    /// <summary>The verb.</summary>
    public static Command Create()
    {
        var output = new Option<DirectoryInfo>("--out") { Description = "Folder for NAME.mp4, NAME.json (truth) and annotations.jsonl (questions).", Required = true };
        var count = new Option<int>("--count") { Description = "Videos.", DefaultValueFactory = _ => 1 };
        var seed = new Option<ulong>("--seed") { Description = "Seed of the first video; the next ones follow. Below 1,000,000,000 for training.", Required = true };
        var domain = new Option<BroadcastDomain>("--domain") { Description = "sports, shop or mixed.", DefaultValueFactory = _ => BroadcastDomain.Mixed };
        var seconds = new Option<double>("--seconds") { Description = "Length of each video, from 4 to 7200.", DefaultValueFactory = _ => 32 };
        var size = new Option<PictureSize>("--size") { Description = "Width x height, even numbers; 5:3 shows the whole picture.", DefaultValueFactory = _ => new(640, 384), CustomParser = ParseSize };
        var name = new Option<string?>("--name") { Description = "File name of a single video, without extension." };
        count.Validators.Add(r => Require(r, r.GetValueOrDefault<int>() is >= 1 and <= 1_000_000, "--count is from 1 to 1000000."));
        seconds.Validators.Add(r => Require(r, r.GetValueOrDefault<double>() is >= 4 and <= 7200, "--seconds is from 4 to 7200."));

        var command = new Command("render", "Renders labelled broadcasts: pictures, sound, questions and answers, all from a seed.")
        {
            output, count, seed, domain, seconds, size, name,
        };
        command.Validators.Add(r => Require(r, r.GetResult(name) is null || (r.GetResult(count)?.GetValueOrDefault<int>() ?? 1) <= 1, "--name is for a single video: leave out --count, or --name."));
        command.SetAction((parse, cancel) =>
        {
            var (width, height) = parse.GetValue(size)!;
            var set = new BroadcastSet(
                parse.GetValue(output)!.FullName, parse.GetValue(domain), parse.GetValue(seed), parse.GetValue(count), parse.GetValue(seconds), width, height, parse.GetValue(name));
            return Task.Run(() => Render(set, TimeProvider.System, cancel), CancellationToken.None); // off this thread, so that Ctrl-C is heard
        });
        return command;
    }

    private static int Render(BroadcastSet set, TimeProvider time, CancellationToken cancel)
    {
        var (begun, shown) = (time.GetTimestamp(), time.GetTimestamp());
        try
        {
            set.Write(
                done =>
                {
                    if (time.GetElapsedTime(shown) >= TimeSpan.FromSeconds(2))
                    {
                        shown = time.GetTimestamp();
                        var left = time.GetElapsedTime(begun) * ((set.Count - done) / Math.Max(done, 1e-3));
                        Console.Error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"rendered {done:F1} of {set.Count} videos, about {left.TotalSeconds:F0} s left"));
                    }
                },
                cancel);
        }
        catch (OperationCanceledException)
        {
            Console.Error.WriteLine("Stopped. Finished videos are kept.");
            return 0;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or FFmpegException or FFmpegLibraryException)
        {
            Console.Error.WriteLine($"Cannot render into {set.Directory}: {e.Message}");
            return 1;
        }

        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{set.Count} {(set.Count == 1 ? "video" : "videos")} of {set.Seconds} s in {set.Directory}, questions in annotations.jsonl"));
        return 0;
    }

    private static PictureSize ParseSize(ArgumentResult result)
    {
        var parts = result.Tokens[0].Value.Split('x');
        if (parts.Length == 2
            && int.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out var width)
            && int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out var height)
            && width is >= 16 and <= 3840 && height is >= 16 and <= 2160 && width % 2 == 0 && height % 2 == 0)
        {
            return new(width, height);
        }

        result.AddError($"--size '{result.Tokens[0].Value}' is not WIDTHxHEIGHT in even numbers from 16, such as 640x384.");
        return new(0, 0);
    }

    private static void Require(SymbolResult result, bool holds, string message)
    {
        if (!holds)
        {
            result.AddError(message);
        }
    }

    private sealed record PictureSize(int Width, int Height)
    {
        public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Width}x{Height}");
    }
}
