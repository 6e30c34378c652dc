using System.Text;
using Lhts.Data.Order;

namespace Lhts.Data.Preparing.Tasks;

/// <summary>
/// Demonstrations of arithmetic chains, or the prompts that are held out from them. All answers have as many words as a chain has operations and one more:
/// "Work: v1 … v6" and "Steps: v1 … v6" by themselves, "Answer: r" by full stops after it. These follow with certainty, so they cost no log-probability, and
/// p_T compares the ways of answering as if each ended by itself, without a decision to end.
/// </summary>
internal sealed class ChainSource(ChainOptions options, bool isHeldOut) : IDocumentSource
{
    // Streams of draws: chains, demonstrations.
    private const ulong ChainStream = 1;
    private const ulong AnswerStream = 2;

    public long? NumBytes => null;

    public long NumBytesRead => 0;

    public IEnumerable<SourceDocument> Read(CancellationToken cancellation)
    {
        var heldOut = new HashSet<string>(StringComparer.Ordinal);
        var number = 0UL;
        while (heldOut.Count < options.HeldOut)
        {
            var chain = Chain(number++);
            if (heldOut.Add(chain.Prompt) && isHeldOut) yield return Document(chain, ArithmeticChain.Text(chain.Result));
        }

        for (var count = 0; !isHeldOut && count < options.Demonstrations; number++)
        {
            cancellation.ThrowIfCancellationRequested();
            var chain = Chain(number);
            if (heldOut.Contains(chain.Prompt)) continue;
            yield return Document(chain, Answer(chain, KeyOf(AnswerStream, number)));
            count++;
        }
    }

    private ArithmeticChain Chain(ulong number) => ArithmeticChain.Draw(KeyOf(ChainStream, number), options);

    private ulong KeyOf(ulong stream, ulong number) => IntegerHash.Combine(IntegerHash.Combine((ulong)options.Seed, stream), number);

    private string Answer(ArithmeticChain chain, ulong key)
    {
        var kind = Uniform(key, 0);
        if (kind < options.AnswerShare)
        {
            var said = Uniform(key, 1) < options.AnswerRight ? chain.Result : IntegerHash.Draw(key, 2, options.Modulus);
            return $"Answer: {ArithmeticChain.Text(said)}{string.Concat(Enumerable.Repeat(" .", options.Operations - 1))}";
        }

        var values = chain.Running((value, i) => Uniform(key, 3 + 2 * i) < options.Noise ? IntegerHash.Draw(key, 4 + 2 * i, options.Modulus) : value);
        return $"{(kind < options.AnswerShare + options.WorkShare ? "Work:" : "Steps:")} {string.Join(' ', values.Select(ArithmeticChain.Text))}";
    }

    private static double Uniform(ulong key, int index) => IntegerHash.Draw(key, index, 1 << 30) / (double)(1 << 30);

    private static SourceDocument Document(ArithmeticChain chain, string answer) =>
        new(Encoding.UTF8.GetBytes(answer), Encoding.UTF8.GetBytes(chain.Prompt));
}
