using Lhts.Data.Batching;
using Lhts.Objectives;
using Lhts.Testing;
using Lhts.Trainer.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace Lhts.Trainer.Tests.Training;

/// <summary>Documents in pieces against whole ones, with the expectation over all documents of a chain: from the data set to the gradient.</summary>
public sealed class LongDocumentTests : TensorTest
{
    private const double Temperature = 0.5;
    private const double Exponent = (1 - Temperature) / Temperature;
    private const int Whole = ChainDocuments.Length + 1;
    private const int Context = 5;
    private const int NumEpochs = 20;
    private const int NumCells = ChainDocuments.Length * ChainDocuments.NumStates;

    private ChainDocuments documents = null!;

    [OneTimeSetUp]
    public void MakeDocuments() => documents = new ChainDocuments();

    [OneTimeTearDown]
    public void RemoveDocuments() => documents.Dispose();

    [TestCase(1)]
    [TestCase(2)]
    [TestCase(3)]
    [TestCase(4)]
    public void Weight_OfEveryToken_IsThatOfTheWholeDocument(int horizon)
    {
        using var objective = Dropped(horizon);
        var whole = WeightsOf(objective, ChainDocuments.Options(Whole));
        var pieces = WeightsOf(objective, ChainDocuments.Options(Context, LookAheadOf(horizon), NumEpochs));
        Assert.That(whole, Has.Count.EqualTo(ChainDocuments.Length << ChainDocuments.Length));
        Assert.That(pieces.Keys, Is.EquivalentTo(whole.Keys));
        foreach (var (token, weights) in pieces)
        {
            Assert.That(weights, Has.Count.EqualTo(NumEpochs), "each token is scored once in an epoch");
            Assert.That(weights, Is.All.EqualTo(whole[token].Single()).Within(1e-12), $"{token}");
        }
    }

    /// <summary>The gradient of each prefix is that of whole documents times a factor of the place in it, the mean of 1 / length of the piece.</summary>
    [TestCase(1)]
    [TestCase(3)]
    public void ExpectedGradient_OfPieces_IsThatOfWholeDocumentsUpToTheShareOfThePlace(int horizon)
    {
        using var objective = Dropped(horizon);
        var student = Table((state, token, place) => (0.3 * state) - (0.2 * token * place)); // any one
        var (whole, wholeShares) = Expected(objective, student, ChainDocuments.Options(Whole));
        var (pieces, shares) = Expected(objective, student, ChainDocuments.Options(Context, LookAheadOf(horizon), NumEpochs));
        var factors = (shares / wholeShares).unsqueeze(1).expand(-1, ChainDocuments.NumStates).reshape(NumCells, 1); // (cells, 1)
        Assert.That(SizeOf(whole), Is.GreaterThan(0.01));
        Assert.That(SizeOf(pieces - (whole * factors)), Is.LessThan(1e-12));
    }

    [TestCase(2, true)]
    [TestCase(3, true)]
    [TestCase(4, true)]
    [TestCase(3, false)]
    public void ExpectedGradient_OfPieces_VanishesAtTheOptimumOfWholeDocuments(int horizon, bool looksAhead)
    {
        using var objective = Dropped(horizon);
        var optimum = Optimum(horizon);
        Assert.That(SizeOf(Expected(objective, optimum, ChainDocuments.Options(Whole)).Gradient), Is.LessThan(1e-12));
        var size = SizeOf(Expected(objective, optimum, ChainDocuments.Options(Context, looksAhead ? LookAheadOf(horizon) : 0, NumEpochs)).Gradient);
        Assert.That(size, looksAhead ? Is.LessThan(1e-12) : Is.GreaterThan(1e-3));
    }

    /// <summary>With the tail from an exact log-partition the optimum is p_T, wherever a border shortens the horizon.</summary>
    [TestCase(1, 1)]
    [TestCase(2, 2)]
    [TestCase(3, 3)]
    [TestCase(3, 1)]
    [TestCase(null, 1)]
    public void ExpectedGradient_OfPiecesWithATail_VanishesAtTheJointTemperature(int? horizon, int lookAhead)
    {
        using var objective = Bootstrapped(horizon);
        var gradient = Expected(objective, Optimum(ChainDocuments.Length), ChainDocuments.Options(Context, lookAhead, NumEpochs)).Gradient;
        Assert.That(SizeOf(gradient), Is.LessThan(1e-6)); // the head is in float32
        var withoutIt = Expected(objective, Optimum(ChainDocuments.Length), ChainDocuments.Options(Context, 0, NumEpochs)).Gradient;
        Assert.That(SizeOf(withoutIt), Is.GreaterThan(1e-3));
    }

    [Test]
    public void Step_OfPieces_CountsWhatItScores()
    {
        using var tiny = new TinyTraining();
        foreach (var batch in tiny.Stream(TinyTraining.Options(60)).ReadAsync().ToBlocking(CancellationToken.None).Take(6))
        {
            var sequences = new StepSequences(batch.Step, batch.MicroBatches);
            var parts = sequences.ToDevice(new TemperatureDraws(Lhts.Trainer.Recipes.Temperatures.Of(1), 1), new HashSet<int>(), CPU, hasScores: false);
            Assert.That(sequences.NumScored, Is.EqualTo(parts.Sum(part => part.Batch.Mask.to(ScalarType.Float64).sum().item<double>())));
        }
    }

    [Test]
    public void LookAhead_OfTheOptions_IsWhatTheWeightsNeed() => Assert.That(
        new LhtsOptions[]
        {
            new() { Horizon = 8 }, new() { Horizon = 1 }, new() { Horizon = null },
            new() { Horizon = 8, Baseline = BaselineKind.Learned }, new() { Horizon = 8, Baseline = BaselineKind.Learned, Tail = TailKind.Bootstrap },
            new() { Horizon = null, Baseline = BaselineKind.Learned },
        }.Select(options => options.LookAhead),
        Is.EqualTo(new[] { 7, 0, 0, 7, 8, 1 }));

    private static int LookAheadOf(int horizon) => new LhtsOptions { Horizon = horizon }.LookAhead;

    private static LhtsObjective Dropped(int horizon) => new(
        new LhtsOptions { Horizon = horizon, Clip = null, Beta = 0, Baseline = BaselineKind.None }, maxLength: ChainDocuments.Length);

    /// <summary>A linear head on the cell, which was given the answer.</summary>
    private static LhtsObjective Bootstrapped(int? horizon)
    {
        var options = new LhtsOptions { Horizon = horizon, Clip = null, Beta = 0, Baseline = BaselineKind.Learned, Tail = TailKind.Bootstrap, HeadWidth = 0 };
        var objective = new LhtsObjective(options, maxLength: ChainDocuments.Length, hiddenSize: NumCells);
        using var guard = no_grad();
        var weight = objective.Parameters.First(entry => entry.Name == "head.output.weight").Parameter; // (1, cells + 1)
        var partitions = Enumerable.Range(0, NumCells).Select(
            cell => (float)(LogFuture(cell / ChainDocuments.NumStates, cell % ChainDocuments.NumStates, ChainDocuments.Length) / Exponent));
        weight.narrow(1, 0, NumCells).copy_(tensor(partitions.ToArray()).unsqueeze(0));
        return objective;
    }

    /// <summary>log E[exp(a * the log-probs of the next tokens, as far as <paramref name="horizon"/> or the end) | the token before].</summary>
    private static double LogFuture(int place, long state, int horizon) => place == ChainDocuments.Length || horizon == 0
        ? 0
        : Math.Log(Enumerable.Range(0, ChainDocuments.NumSymbols).Sum(token =>
            Math.Exp((ChainDocuments.LogProb(state, token) / Temperature) + LogFuture(place + 1, token, horizon - 1))));

    /// <summary>
    /// What a horizon leads to: log q(v | s) = log p(v | s) / T + log E[exp(a * the rest of the horizon) | v], less a constant; p_T where it is the end.
    /// </summary>
    private static Tensor Optimum(int horizon) => Table((state, token, place) =>
        (ChainDocuments.LogProb(state, token) / Temperature) + LogFuture(place + 1, token, horizon - 1));

    /// <summary>(cells, V) of logits; end-of-text is never predicted.</summary>
    private static Tensor Table(Func<long, int, int, double> logit) => tensor(
        (from cell in Enumerable.Range(0, NumCells)
         from token in Enumerable.Range(0, ChainDocuments.NumSymbols + 1)
         select token == ChainDocuments.NumSymbols ? -1e3 : logit(cell % ChainDocuments.NumStates, token, cell / ChainDocuments.NumStates)).ToArray())
        .reshape(NumCells, ChainDocuments.NumSymbols + 1);

    /// <summary>The weights of each token that is scored, by document and place.</summary>
    private Dictionary<(long Document, long Place), List<double>> WeightsOf(LhtsObjective objective, BatchOptions options)
    {
        var found = new Dictionary<(long, long), List<double>>();
        foreach (var pieces in documents.Pieces(options, Temperature))
        {
            using var scope = NewDisposeScope();
            var batch = pieces.Inputs.Batch;
            var (weights, mask) = (objective.WeightsOf(batch, pieces.Teacher()).Weights.data<double>().ToArray(), batch.Mask.data<bool>().ToArray());
            var length = (int)batch.Mask.shape[1];
            foreach (var at in Enumerable.Range(0, mask.Length).Where(at => mask[at]))
            {
                var token = (pieces.Documents[at / length], (long)pieces.Starts[at / length] + (at % length));
                if (!found.TryGetValue(token, out var list)) found[token] = list = [];
                list.Add(weights[at]);
            }
        }

        return found;
    }

    /// <summary>The gradient by the student's table and the shares of the places, a mean over documents x ~ p and where their pieces start.</summary>
    private (Tensor Gradient, Tensor Shares) Expected(LhtsObjective objective, Tensor student, BatchOptions options)
    {
        var gradient = zeros_like(student);
        var shares = zeros(ChainDocuments.Length, dtype: ScalarType.Float64);
        var all = documents.Pieces(options, Temperature);
        foreach (var (pieces, ofPieces) in all.Zip(ChainPieces.Probabilities(all)))
        {
            using var scope = NewDisposeScope();
            var (batch, cells) = (pieces.Inputs.Batch, pieces.Cells().reshape(-1));
            var logits = student.index_select(0, cells).reshape([.. batch.Mask.shape, student.shape[1]]);
            var loss = objective.Loss(batch, StudentStates.OfLogits(logits), pieces.Teacher());
            var probabilities = ofPieces.unsqueeze(1); // (B, 1)
            gradient.index_add_(0, cells, (loss.Gradient * probabilities.unsqueeze(2)).reshape(-1, student.shape[1]), 1);
            var valid = batch.Mask.to(ScalarType.Float64);
            var share = valid / valid.sum(dim: 1).unsqueeze(1) * probabilities; // (B, L)
            shares.index_add_(0, cells.div(ChainDocuments.NumStates, RoundingMode.floor), share.reshape(-1), 1);
        }

        return (gradient, shares);
    }

    private static double SizeOf(Tensor gradient) => gradient.abs().max().cpu().item<double>();
}
