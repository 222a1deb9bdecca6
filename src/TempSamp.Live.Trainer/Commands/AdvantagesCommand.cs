using System.CommandLine;
using System.Globalization;
using System.Text.Json;

namespace TempSamp.Live.Trainer;

/// <summary><c>tempsamp-train advantages</c>: the arithmetic of one group, for people who want to see it.</summary>
public static class AdvantagesCommand
{
    /// <summary>The verb.</summary>
    public static Command Create()
    {
        var rewards = new Option<string>("--rewards") { Description = "Task rewards of the sampled completions, such as 0.6,0.7,0.5.", Required = true };
        var truth = new Option<double?>("--truth") { Description = "Task reward of the annotation; left out for GRPO, which has none." };
        var shaping = new Option<AdvantageShaping>("--shaping") { Description = "none, downscale, anchor or nonlinear.", DefaultValueFactory = _ => AdvantageShaping.Nonlinear };
        var epsilon = new Option<double>("--epsilon") { Description = "Added to the standard deviation.", DefaultValueFactory = _ => 0 };
        var json = new Option<bool>("--json") { Description = "Print one JSON object." };
        var command = new Command("advantages", "Prints shaped rewards and advantages of one group.") { rewards, truth, shaping, epsilon, json };
        command.SetAction(parse =>
        {
            var own = Numbers(parse.GetValue(rewards)!);
            var annotation = parse.GetValue(truth);
            if (own.Count + (annotation is null ? 0 : 1) < 2) throw new TrainerException("A group needs at least two rewards: name more in --rewards, or add --truth.");
            if (parse.GetValue(shaping) == AdvantageShaping.Anchor && own.Count < 2)
                throw new TrainerException("Anchoring normalises over the sampled rewards alone: name at least two in --rewards.");
            foreach (var reward in own.Append(annotation ?? 0))
                if (!(reward is >= 0 and <= 1)) throw new TrainerException(string.Create(CultureInfo.InvariantCulture, $"The reward {reward} is not in 0 to 1, where task rewards are."));
            if (!(parse.GetValue(epsilon) >= 0)) throw new TrainerException("--epsilon must be 0 or more.");
            var group = GroupAdvantages.Of([.. own.Select(r => new Reward(r))], annotation is { } r ? new Reward(r) : null, parse.GetValue(shaping), new(), parse.GetValue(epsilon));
            Print(own, annotation, parse.GetValue(shaping), group, parse.GetValue(json), parse.InvocationConfiguration.Output);
            return 0;
        });
        return command;
    }

    private static List<double> Numbers(string text) => [.. text.Split(',').Select(part =>
        double.TryParse(part, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) ? value : throw new TrainerException($"--rewards '{text}': '{part}' is not a number. Write them as 0.6,0.7,0.5."))];

    private static void Print(List<double> own, double? truth, AdvantageShaping shaping, GroupAdvantages group, bool json, TextWriter to)
    {
        double[] rewards = truth is { } t ? [.. own, t] : [.. own];
        if (json)
        {
            to.WriteLine(JsonSerializer.Serialize(new
            {
                rewards = own,
                truth,
                shaping = shaping.ToString().ToLowerInvariant(),
                shaped = group.Shaped,
                mean = group.Mean,
                std = group.Deviation,
                advantages = group.Values,
            }));
            return;
        }
        to.WriteLine("completion   reward    shaped  advantage");
        for (var i = 0; i < rewards.Length; i++)
        {
            var name = i == own.Count ? "annotation" : $"sample {i + 1}";
            to.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{name,-10} {rewards[i],8:0.0000}  {group.Shaped[i],8:0.000000}  {group.Values[i],9:+0.0000;-0.0000;0}"));
        }
        to.WriteLine(string.Create(CultureInfo.InvariantCulture, $"mean {group.Mean:0.000000}, standard deviation (n - 1) {group.Deviation:0.000000}{(group.IsDead ? "; all equal: the group teaches nothing" : "")}"));
    }
}
