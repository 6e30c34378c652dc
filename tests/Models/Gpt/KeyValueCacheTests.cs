using Lhts.Models.Gpt;
using Lhts.Testing;
using TorchSharp;
using static TorchSharp.torch;

namespace Lhts.Models.Tests.Gpt;

/// <summary>Step by step with the cache, or all at once: the same hidden states.</summary>
[TestFixture(TemperatureConditioning.None)]
[TestFixture(TemperatureConditioning.EveryPosition)]
[TestFixture(TemperatureConditioning.Prefix)]
[TestFixture(TemperatureConditioning.LayerNorms)]
[TestFixture(TemperatureConditioning.Weights)]
public sealed class KeyValueCacheTests(TemperatureConditioning conditioning) : TensorTest
{
    /// <summary>What float32 parity with the reference is held to, too; the order of summation is all that differs.</summary>
    private const double Tolerance = 1e-5;

    private Gpt2 model = null!;
    private Tensor tokens = null!; // (4, 12)
    private Tensor? temperatures;

    [SetUp]
    public void SetUp()
    {
        using var teacher = Reference.Load("teacher");
        using var noGrad = no_grad();
        OutputTemperature[] output = [new(0.5, 0.4), new(1, 1)];
        model = Gpt2Student.From(teacher, conditioning, (0.5, 0.5), new() { OutputTemperatures = output });
        model.get_parameter("output.log_scale")!.fill_(-0.5);
        model.eval();
        tokens = Reference.Read(Reference.Batches, "batch1.input_ids").narrow(1, 0, 12);
        temperatures = null;
        if (conditioning == TemperatureConditioning.None) return;
        if (conditioning == TemperatureConditioning.Weights)
        {
            foreach (var (_, parameter) in model.TrainedParameters) parameter.normal_(0, 0.02, new Generator(5));
            model.SetTemperature(0.6);
            return;
        }

        model.named_parameters().Single(pair => pair.Item1 == "temperature.weight").Item2.normal_(0, conditioning == TemperatureConditioning.LayerNorms
            ? 0.03
            : 0.3, new Generator(5));
        temperatures = tensor(new[] { 0.5f, 0.8f, 1f, 1.5f });
    }

    [TearDown]
    public void TearDown() => model.Dispose();

    [TestCase(1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1)]
    [TestCase(5, 1, 1, 1, 1, 1, 1, 1)]
    [TestCase(3, 4, 5)]
    [TestCase(12)]
    public void Hidden_InPieces_EqualsAllAtOnce(params int[] pieces)
    {
        using var cache = new KeyValueCache(model, 4, 12);

        var stepped = RunInPieces(cache, tokens, temperatures, pieces);

        TensorAssert.AreClose(stepped, All(), Tolerance);
        Assert.That(cache.Length, Is.EqualTo(12 + model.NumPrefix));
    }

    [Test]
    public void Hidden_LeftPadded_EqualsUnpaddedRows([Values] bool isCached)
    {
        using var noGrad = no_grad();
        long[] padding = [0, 3, 5, 9];
        var padded = tokens.clone();
        for (var row = 0; row < 4; row++)
        {
            if (padding[row] > 0) padded[row].narrow(0, 0, padding[row]).fill_(7);
        }

        Tensor hidden;
        using (var cache = new KeyValueCache(model, 4, 12, padding))
        {
            hidden = isCached ? RunInPieces(cache, padded, temperatures, [10, 1, 1]) : model.Hidden(padded, temperatures, tensor(padding));
        }

        for (var row = 0; row < 4; row++)
        {
            var alone = model.Hidden(tokens[row].narrow(0, padding[row], 12 - padding[row]).unsqueeze(0), temperatures?.narrow(0, row, 1));
            TensorAssert.AreClose(hidden[row].narrow(0, padding[row], 12 - padding[row]), alone[0], Tolerance, $"row {row}");
        }
    }

    [Test]
    public void Hidden_RightPadded_EqualsUnpaddedRows()
    {
        using var noGrad = no_grad();
        var padded = tokens.clone();
        padded.narrow(1, 8, 4).fill_(96);

        TensorAssert.AreClose(model.Hidden(padded, temperatures).narrow(1, 0, 8), All().narrow(1, 0, 8), Tolerance);
    }

    [Test]
    public void Select_OfRows_ContinuesThoseRows()
    {
        using var noGrad = no_grad();
        using var cache = new KeyValueCache(model, 4, 12);
        model.Hidden(tokens.narrow(1, 0, 8), cache, temperatures);
        var rows = tensor(new long[] { 3, 1 });

        using var selected = cache.Select([3, 1]);
        var hidden = model.Hidden(tokens.index_select(0, rows).narrow(1, 8, 4), selected, temperatures?.index_select(0, rows));

        TensorAssert.AreClose(hidden, All().index_select(0, rows).narrow(1, 8, 4), Tolerance);
    }

    [Test]
    public void Hidden_BeyondTheCapacity_IsRefused()
    {
        using var cache = new KeyValueCache(model, 4, 5);

        Assert.That(() => model.Hidden(tokens, cache, temperatures), Throws.InvalidOperationException.With.Message.Contains("has room for"));
    }

    [Test]
    public void Hidden_WithCache_KeepsNoGraph()
    {
        using var cache = new KeyValueCache(model, 4, 12);

        Assert.That(model.Hidden(tokens, cache, temperatures).requires_grad, Is.False);
    }

    private Tensor All()
    {
        using var noGrad = no_grad();
        return model.Hidden(tokens, temperatures);
    }

    private Tensor RunInPieces(KeyValueCache cache, Tensor input, Tensor? rowTemperatures, int[] pieces)
    {
        var parts = new List<Tensor>();
        long start = 0;
        foreach (var length in pieces)
        {
            parts.Add(model.Hidden(input.narrow(1, start, length), cache, rowTemperatures));
            start += length;
        }

        return cat([.. parts], 1);
    }
}
