using Lhts.Testing;
using static TorchSharp.torch;

namespace Lhts.Sampling.Schedules.Tests;

public sealed class TemperatureScheduleTests : TensorTest
{
    [TestCase("linear:0,4", new[] { 2, 1.5, 1, 0.5, 0, 0 })]
    [TestCase("linear:-2,4", new[] { 2.0, 1, 0, -1, -2, -2 })]
    [TestCase("cosine:0,2", new[] { 2.0, 1, 0, 0 })]
    [TestCase("cosine:0,4", new[] { 2, 1.707107, 1, 0.292893, 0 })]
    [TestCase("step:-0.5,3", new[] { 2, 2, -0.5, 2, 2, -0.5 })]
    public void At_EachPosition_IsTheTemperatureThere(string text, double[] expected)
    {
        var schedule = TemperatureSchedules.Parse(text)!;

        Assert.That(expected.Select((_, i) => schedule.At(new ScheduleStep(2, i, 0))), Is.EqualTo(expected).Within(1e-6));
        Assert.That(schedule.Faults(2), Is.Empty);
    }

    [Test]
    public void At_OnceEntropyWasLow_StaysCold()
    {
        var schedule = TemperatureSchedules.Parse("entropy:0.1,0.5")!;

        Assert.That(schedule.At(new ScheduleStep(1.5, 9, 0.51)), Is.EqualTo(1.5));
        Assert.That(schedule.At(new ScheduleStep(1.5, 9, 0.49)), Is.EqualTo(0.1));
    }

    [TestCase("spiral:1,2", "There is no schedule 'spiral'. Choose constant, cosine, entropy, linear, step")]
    [TestCase("linear:1", "The schedule 'linear:1' is not of the form linear:TEMPERATURE,NUMBER")]
    [TestCase("step:x,2", "is not of the form step:TEMPERATURE,NUMBER")]
    public void Parse_OfWhatIsNone_SaysSo(string text, string message) =>
        Assert.That(() => TemperatureSchedules.Parse(text), Throws.InstanceOf<InvalidDataException>().With.Message.Contains(message));

    [Test]
    public void Parse_OfConstant_IsNoSchedule() => Assert.That(TemperatureSchedules.Parse("constant"), Is.Null);

    [Test]
    public void Sample_WithASchedule_TakesEachTokenAtItsTemperature([Values("step:-0,3", "linear:0,4", "entropy:0,1.6")] string text)
    {
        using var model = Sampling.Tests.TestModels.Make();
        var options = new SamplingOptions { Temperature = 1.3, Schedule = TemperatureSchedules.Parse(text), Seed = 4 };
        int[][] prompts = [[1, 2, 3], [4], [5, 6], [4]];

        var samples = new Sampler(model, options).Sample(prompts);

        for (var i = 0; i < prompts.Length; i++) Assert.That(samples[i].Tokens, Is.EqualTo(OneByOne(model, prompts[i], i, options)), $"prompt {i}");
    }

    /// <summary>The definition: the whole text through the model for each token, each at a constant temperature.</summary>
    private static List<int> OneByOne(Models.Gpt.Gpt2 model, int[] prompt, long index, SamplingOptions options)
    {
        model.eval();
        using var noGrad = no_grad();
        List<int> tokens = [.. prompt];
        var lowest = double.PositiveInfinity;
        while (tokens.Count < model.Config.NumPositions)
        {
            using var scope = NewDisposeScope();
            var input = tensor(tokens.Select(token => (long)token).ToArray()).unsqueeze(0);
            var logits = model.forward(input).select(1, tokens.Count - 1); // (1, V)
            var p = logits.to(ScalarType.Float64).softmax(-1).data<double>().ToArray();
            lowest = Math.Min(lowest, -p.Sum(value => value * Math.Log(value)));
            var temperature = options.Schedule!.At(new ScheduleStep(options.Temperature, tokens.Count - prompt.Length, lowest));
            var uniform = CounterRandom.Uniform(options.Seed, index, tokens.Count);
            tokens.Add((int)TokenChooser.Choose(logits, [uniform], new SamplingOptions { Temperature = temperature }).Tokens[0]);
        }

        return tokens;
    }
}
