using System.Text;

namespace Lhts.Data.Preparing.Tasks;

/// <summary>Demonstrations of a task that is made from a seed, or the prompts that are held out from them.</summary>
internal sealed class TaskSource(TaskDataOptions options, bool isHeldOut) : IDocumentSource
{
    public long? NumBytes => null;

    public long NumBytesRead => 0;

    public IEnumerable<SourceDocument> Read(CancellationToken cancellation)
    {
        var heldOut = new HashSet<string>(StringComparer.Ordinal);
        var number = 0UL;
        for (; heldOut.Count < options.HeldOut; number++)
        {
            cancellation.ThrowIfCancellationRequested();
            var prompt = options.PromptOf(number);
            if (heldOut.Add(prompt) && isHeldOut) yield return Document(prompt, options.AnswerOf(number));
        }

        for (var count = 0; !isHeldOut && count < options.Demonstrations; number++)
        {
            cancellation.ThrowIfCancellationRequested();
            var prompt = options.PromptOf(number);
            if (heldOut.Contains(prompt)) continue;
            yield return Document(prompt, options.DemonstrationOf(number));
            count++;
        }
    }

    private static SourceDocument Document(string prompt, string answer) => new(Encoding.UTF8.GetBytes(answer), Encoding.UTF8.GetBytes(prompt));
}
