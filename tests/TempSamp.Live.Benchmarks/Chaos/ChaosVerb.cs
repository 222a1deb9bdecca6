using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using TempSamp.Live.Testing;

namespace TempSamp.Live.Benchmarks;

/// <summary>
/// <c>chaos [--clips N] [--seed S] [--store s3proxy|ceph] [--json]</c>: the pipeline in a process of its own, a real broker and a real S3 server; each is killed,
/// stopped or slowed at random points that follow from the seed, until all clips are through. Then broker and bucket are judged from outside.
/// </summary>
public static class ChaosVerb
{
    private const int SlowPulses = 15;

    /// <summary>Longest time of a run: so much, and more for each clip.</summary>
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(10), s_patienceAClip = TimeSpan.FromSeconds(3);

    private static readonly TimeSpan s_progressEvery = TimeSpan.FromSeconds(30);

    /// <summary>The verb.</summary>
    public static Command Create()
    {
        var clips = new Option<int>("--clips") { Description = "Clips to deliver.", DefaultValueFactory = _ => 1000 };
        var seed = new Option<int>("--seed") { Description = "Decides everything random.", DefaultValueFactory = _ => 1 };
        var store = new Option<string>("--store") { Description = "s3proxy or ceph.", DefaultValueFactory = _ => "s3proxy" };
        var pause = new Option<double>("--pause") { Description = "Mean seconds between faults.", DefaultValueFactory = _ => 2.0 };
        var json = new Option<bool>("--json") { Description = "Print JSON." };
        var worker = new Option<string[]>("--worker") { Hidden = true, Arity = new(3, 3), AllowMultipleArgumentsPerToken = true };
        var command = new Command("chaos", "Kills, stops and slows pipeline, store and broker while clips are delivered, and counts what was lost, doubled or untrue.") { clips, seed, store, pause, json, worker };
        command.SetAction(async parse =>
        {
            if (parse.GetValue(worker) is { Length: 3 } named)
            {
                await ChaosWorker.RunAsync(new(named[0], named[1], named[2], parse.GetValue(clips), parse.GetValue(seed)));
                return 0;
            }
            return await RunAsync(parse.GetValue(clips), parse.GetValue(seed), parse.GetValue(store)!, parse.GetValue(pause), parse.GetValue(json));
        });
        return command;
    }

    private static async Task<int> RunAsync(int clips, int seed, string store, double pause, bool json)
    {
        Environment.SetEnvironmentVariable("TEMPSAMP_CEPH", store == "ceph" ? "1" : "0");
        var absent = (store == "ceph" ? S3Server.WhyNoCeph : ToolServer.WhyAbsent("s3proxy")) ?? ToolServer.WhyAbsent("kafka");
        if (absent is not null)
        {
            await Console.Error.WriteLineAsync($"chaos cannot run: {absent}");
            return 1;
        }
        await Console.Error.WriteLineAsync($"seed {seed}");
        using var folder = new BenchFolder();
        await using var s3 = store == "ceph" ? await S3Server.StartCephAsync() : await S3Server.StartProxyAsync();
        await using var kafka = await KafkaBroker.StartAsync(ownOnly: true);
        var plan = new ChaosPlan(folder.Path, s3.Endpoint, kafka.Address, clips, seed);
        var start = Stopwatch.GetTimestamp();
        var faults = await new Havoc(plan, s3, kafka.Server!, pause).RunAsync(s_patience + (clips * s_patienceAClip));
        var seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        var verdict = await ChaosJudge.JudgeAsync(plan);
        Report(verdict, faults, seconds, seed, store, json);
        return verdict.IsGood && verdict.Accepted == clips ? 0 : 1;
    }

    private static void Report(ChaosVerdict verdict, IReadOnlyDictionary<string, int> faults, double seconds, int seed, string store, bool json)
    {
        var figures = new Dictionary<string, object>
        {
            ["seed"] = seed, ["store"] = store, ["seconds"] = Math.Round(seconds, 1), ["accepted"] = verdict.Accepted, ["ready"] = verdict.Ready, ["failed"] = verdict.Failed, ["lost"] = verdict.Lost,
            ["doubled"] = verdict.Doubled, ["untrue"] = verdict.Untrue, ["failed_without_reason"] = verdict.Reasonless, ["disordered"] = verdict.Disordered, ["repeats_dropped_by_the_consumer"] = verdict.Repeats,
            ["faults"] = faults,
        };
        if (json) Console.WriteLine(JsonSerializer.Serialize(figures));
        else foreach (var (name, value) in figures) Console.WriteLine($"{name,-34} {(value is IReadOnlyDictionary<string, int> counts ? string.Join(", ", counts.Select(count => $"{count.Key} {count.Value}")) : Convert.ToString(value, CultureInfo.InvariantCulture))}");
    }

    /// <summary>Runs the pipeline to its end and makes trouble meanwhile.</summary>
    private sealed class Havoc(ChaosPlan plan, S3Server s3, ToolServer kafka, double pause)
    {
        private readonly Random _random = new(plan.Seed);
        private readonly SortedDictionary<string, int> _faults = [];
        private Process _worker = null!;

        public async Task<IReadOnlyDictionary<string, int>> RunAsync(TimeSpan patience)
        {
            var (start, told) = (Stopwatch.GetTimestamp(), TimeSpan.Zero);
            _worker = Start();
            while (!File.Exists(plan.DonePath))
            {
                var elapsed = Stopwatch.GetElapsedTime(start);
                if (elapsed - told > s_progressEvery)
                {
                    told = elapsed;
                    await Console.Error.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"{elapsed:mm\\:ss}: {ChaosWorker.Numbers(plan).Count} of {plan.Clips} clips accepted, {_faults.Values.Sum()} faults"));
                }
                if (elapsed > patience) throw new TimeoutException($"the pipeline did not deliver everything in {patience}");
                if (await EndedAsync(Seconds(pause * 2))) continue;
                await HarmAsync();
            }
            await _worker.WaitForExitAsync();
            return _faults;
        }

        /// <summary>Waits; a pipeline that ended without being done is started again.</summary>
        private async Task<bool> EndedAsync(TimeSpan time)
        {
            using var limit = new CancellationTokenSource(time, TimeProvider.System);
            try
            {
                await _worker.WaitForExitAsync(limit.Token);
            }
            catch (OperationCanceledException)
            {
                return false;
            }
            if (!File.Exists(plan.DonePath)) _worker = Start();
            return true;
        }

        private async Task HarmAsync()
        {
            var (victim, how) = (_random.Next(3), _random.Next(3));
            Count($"{(victim == 0 ? "pipeline" : victim == 1 ? "store" : "broker")} {(how == 0 ? "killed" : how == 1 ? "stopped" : "slowed")}");
            Action<string> signal = victim switch { 0 => SignalWorker, 1 => Signaller(s3.Kill, s3.Pause, s3.Resume), _ => Signaller(kafka.Kill, kafka.Pause, kafka.Resume) };
            switch (how)
            {
                case 0:
                    signal("-KILL");
                    await Task.Delay(Seconds(1), TimeProvider.System);
                    if (victim == 0) _worker = Start();
                    else await (victim == 1 ? s3.StartAgainAsync() : kafka.StartAgainAsync());
                    break;
                case 1:
                    signal("-STOP");
                    await Task.Delay(Seconds(6), TimeProvider.System);
                    signal("-CONT");
                    break;
                default:
                    for (var pulse = 0; pulse < SlowPulses; pulse++)
                    {
                        signal("-STOP");
                        await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System);
                        signal("-CONT");
                        await Task.Delay(TimeSpan.FromMilliseconds(30), TimeProvider.System);
                    }
                    break;
            }
        }

        private TimeSpan Seconds(double most) => TimeSpan.FromSeconds(_random.NextDouble() * most);

        private void Count(string fault) => _faults[fault] = _faults.GetValueOrDefault(fault) + 1;

        private static Action<string> Signaller(Action kill, Action stop, Action go) => name => (name == "-KILL" ? kill : name == "-STOP" ? stop : go)();

        private void SignalWorker(string name)
        {
            using var kill = Process.Start(new ProcessStartInfo("kill", [name, _worker.Id.ToString(CultureInfo.InvariantCulture)]) { RedirectStandardError = true })!;
            kill.WaitForExit();
        }

        private Process Start()
        {
            var start = new ProcessStartInfo(Environment.ProcessPath!, ["chaos", "--clips", plan.Clips.ToString(CultureInfo.InvariantCulture), "--seed", plan.Seed.ToString(CultureInfo.InvariantCulture), "--worker", plan.Folder, plan.Endpoint, plan.Brokers]) { RedirectStandardError = true };
            var worker = Process.Start(start)!;
            var log = new StreamWriter(Path.Combine(plan.Folder, "worker.log"), append: true) { AutoFlush = true };
            worker.ErrorDataReceived += (_, line) => { if (line.Data is not null) lock (log) log.WriteLine(line.Data); };
            worker.BeginErrorReadLine();
            return worker;
        }
    }
}
