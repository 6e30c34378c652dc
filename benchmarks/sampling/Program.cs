using Lhts.Sampling;
using Lhts.Sampling.Benchmarks;
using static TorchSharp.torch;

// Run with: dotnet run -c Release --project benchmarks/sampling
// One thread. The draw alone on two sizes of vocabulary; then whole texts of a character model beside a training step of as many characters.
set_num_threads(1);
Console.WriteLine($"libtorch {__version__}, one thread");
foreach (var (numTokens, numCalls) in new[] { (70, 2000), (50_257, 5) })
{
    using var random = new Generator(1);
    using var logits = randn([CharacterModel.NumRows, numTokens], generator: random);
    double[] uniforms = [.. Enumerable.Range(0, CharacterModel.NumRows).Select(i => CounterRandom.Uniform(1, i, 0))];
    foreach (var temperature in new[] { 1, 0.7 })
    {
        var options = new SamplingOptions { Temperature = temperature };
        var seconds = Measurement.BestSeconds(
            () =>
            {
                for (var i = 0; i < numCalls; i++) TokenChooser.Choose(logits, uniforms, options);
            },
            15) / numCalls;
        Console.WriteLine($"draw from ({CharacterModel.NumRows}, {numTokens}) at temperature {temperature}: {seconds * 1e6:F0} microseconds");
    }
}

using var model = CharacterModel.Make();
var step = Measurement.BestSeconds(() => CharacterModel.TrainStep(model), 8);
var sampler = new Sampler(model, new SamplingOptions { MaxNewTokens = CharacterModel.Length, Seed = 1 });
int[][] prompts = [.. Enumerable.Repeat(new[] { 0 }, CharacterModel.NumRows)];
var drawing = Measurement.BestSeconds(() => sampler.Sample(prompts), 8);
const int NumCharacters = CharacterModel.NumRows * CharacterModel.Length;
Console.WriteLine(
    $"forward and backward of {CharacterModel.NumRows} x {CharacterModel.Length} characters: {step:F3} s, {NumCharacters / step:F0} characters/s");
Console.WriteLine(
    $"drawing {CharacterModel.NumRows} x {CharacterModel.Length} characters: {drawing:F3} s, {NumCharacters / drawing:F0} characters/s, {drawing / step:F2} "
    + "of the step");

// Streaming: an observer is told of every token. benchmarks/sampling/plain_loop.py does the same in Python.
foreach (var (name, streamed, length) in new[] { ("characters", model, CharacterModel.Length), ("GPT-2 small", CharacterModel.MakeSmallGpt2(), 16) })
{
    const int NumTexts = 16;
    var numSeen = 0L;
    var streaming = new Sampler(streamed, new SamplingOptions { Temperature = 0.7, MaxNewTokens = length, Seed = 1 });
    var streamSeconds = Measurement.BestSeconds(
        () => streaming.Sample([.. Enumerable.Repeat(new[] { 0 }, NumTexts)], observer: (_, _) => ++numSeen < 0), 5);
    Console.WriteLine($"streaming {NumTexts} texts, {name}: {NumTexts * length / streamSeconds:F0} tokens/s");
}

return 0;
