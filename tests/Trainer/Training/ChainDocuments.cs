using Lhts.Data.Batching;
using Lhts.Data.Order;
using Lhts.Data.Parquet;
using Lhts.Data.Preparing;
using Lhts.Data.Streaming;
using Lhts.Data.Tokenizers;
using Lhts.Objectives;
using Lhts.Trainer.Recipes;
using Lhts.Trainer.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace Lhts.Trainer.Tests.Training;

// S = 2 symbols; a state is the token before: a symbol, or end-of-text (2) at the beginning. N documents of n tokens.

/// <summary>
/// Every text of a few tokens that a Markov chain can write, as documents of a data set, and the chain as their teacher: what it says of a token
/// depends on the token before alone, so a piece that starts with that token loses nothing of its context.
/// </summary>
internal sealed class ChainDocuments : IDisposable
{
    public const int NumSymbols = 2;
    public const int NumStates = NumSymbols + 1;
    public const int Length = 7;
    private const int EndOfText = NumSymbols;

    // log p(v | s), two symbols for each state; far from 1/2 so that weights differ.
    private static readonly double[,] Chain = { { Math.Log(0.8), Math.Log(0.2) }, { Math.Log(0.35), Math.Log(0.65) }, { Math.Log(0.4), Math.Log(0.6) } };

    private readonly string folder = Directory.CreateTempSubdirectory("lhts-").FullName;
    private readonly DataSet data;
    private readonly CharacterTokenizer tokenizer = new("ab");

    public ChainDocuments()
    {
        static string Text(int document) => string.Concat(Enumerable.Range(0, Length).Select(i => (char)('a' + ((document >> i) & 1))));
        File.WriteAllLines(Path.Combine(folder, "text.txt"), Enumerable.Range(0, 1 << Length).Select(Text));
        DataPreparer.Prepare(new PrepareOptions
        {
            Source = Path.Combine(folder, "text.txt"), Output = Path.Combine(folder, "parquet"), Layout = TextLayout.Line, RowGroupRows = 128,
        });
        data = DataSet.Open(new DataOptions { Path = Path.Combine(folder, "parquet") });
    }

    /// <summary>log p(v | s).</summary>
    public static double LogProb(long state, long token) => token < NumSymbols ? Chain[state, token] : -1e3;

    /// <summary>The probability that the chain writes the document.</summary>
    public static double Probability(long document)
    {
        var (sum, state) = (0.0, (long)EndOfText);
        for (var i = 0; i < Length; i++)
        {
            var token = (document >> i) & 1;
            (sum, state) = (sum + LogProb(state, token), token);
        }

        return Math.Exp(sum);
    }

    /// <summary>How the documents become sequences; whole where the context has room.</summary>
    public static BatchOptions Options(int contextLength, int lookAhead = 0, long numEpochs = 1) => new()
    {
        SequencesPerStep = 64, ContextLength = contextLength, LongDocuments = LongDocuments.Split, LookAhead = lookAhead, MovesPieces = true,
        EndWithEndOfText = false, NumEpochs = numEpochs,
    };

    /// <summary>All sequences of all epochs.</summary>
    public IReadOnlyList<ChainPieces> Pieces(BatchOptions options, double temperature)
    {
        var stream = new BatchStream(data, tokenizer, new OrderOptions { Seed = 4 }, options);
        var (next, first, found) = (new int[options.SequencesPerStep], new int[options.SequencesPerStep], new List<ChainPieces>());
        foreach (var batch in stream.ReadAsync().ToBlocking(CancellationToken.None).SelectMany(step => step.MicroBatches))
        {
            var starts = batch.Lanes.Select((lane, b) => batch.Pieces[b] == 0 ? 0 : next[lane]).ToArray();
            for (var b = 0; b < batch.NumSequences; b++)
            {
                var lane = batch.Lanes[b];
                next[lane] = starts[b] + batch.Lengths[b] - 1 - batch.LookAheads[b];
                if (batch.Pieces[b] == 0) first[lane] = next[lane];
            }

            var inputs = StepInputs.Of(batch, step: 0, new TemperatureDraws(Temperatures.Of(temperature), 1), new HashSet<int>(), CPU);
            found.Add(new ChainPieces(inputs, batch.DocumentIds, starts, [.. batch.Lanes.Select(lane => first[lane])]));
        }

        return found;
    }

    public void Dispose()
    {
        data.Dispose();
        Directory.Delete(folder, recursive: true);
    }
}

/// <summary>Pieces of documents of a chain. B sequences, L positions.</summary>
/// <param name="Inputs">What the training step makes of them.</param>
/// <param name="Documents">Which document each is of: its bits are the tokens.</param>
/// <param name="Starts">The place of its first prediction in the document, 0 to n - 1.</param>
/// <param name="Firsts">How many tokens the document's first piece scores, by which all of its pieces in that epoch are known.</param>
internal sealed record ChainPieces(StepInputs Inputs, long[] Documents, int[] Starts, int[] Firsts)
{
    /// <summary>(B, L) int64: place in the document times the number of states, plus the token before. Padding has one of the last.</summary>
    public Tensor Cells()
    {
        var places = tensor(Array.ConvertAll(Starts, start => (long)start)).unsqueeze(1) + arange(Inputs.Tokens.shape[1]).unsqueeze(0);
        return (places.clamp(0, ChainDocuments.Length - 1) * ChainDocuments.NumStates) + Inputs.Tokens;
    }

    /// <summary>
    /// (B) float64 for each: the probability of the document and of where its pieces start. Epochs draw the starts; counted alike however often they
    /// were drawn, they make the expectation exact.
    /// </summary>
    public static IReadOnlyList<Tensor> Probabilities(IReadOnlyList<ChainPieces> all)
    {
        var epochs = all.SelectMany(pieces => pieces.Documents.Zip(pieces.Firsts, pieces.Starts)).Where(piece => piece.Third == 0)
            .GroupBy(piece => (piece.First, piece.Second)).ToDictionary(group => group.Key, group => group.Count());
        var draws = epochs.Keys.GroupBy(key => key.First).ToDictionary(group => group.Key, group => group.Count());
        if (draws.Values.Distinct().Count() != 1) throw new InvalidOperationException("Take more epochs: some documents lack a start.");
        return
        [
            .. all.Select(pieces => tensor(pieces.Documents.Zip(
                pieces.Firsts, (document, first) => ChainDocuments.Probability(document) / draws[document] / epochs[(document, first)]).ToArray())),
        ];
    }

    /// <summary>What the chain says; cells are the hidden states, one number for each.</summary>
    public TeacherSignal Teacher()
    {
        var (states, targets) = (Inputs.Tokens.data<long>().ToArray(), Inputs.Batch.Targets.data<long>().ToArray());
        var logProbs = tensor(states.Zip(targets, ChainDocuments.LogProb).ToArray()).reshape(Inputs.Tokens.shape);
        var cells = Cells().unsqueeze(2);
        var hidden = zeros(new[] { cells.shape[0], cells.shape[1], ChainDocuments.Length * ChainDocuments.NumStates }, dtype: ScalarType.Float32)
            .scatter_(2, cells, ones_like(cells, dtype: ScalarType.Float32));
        return new(logProbs, HiddenStates: hidden);
    }
}
