using System.Text;

namespace Lhts.Trainer.Commands.Sampling;

/// <summary>
/// Shows texts while they are drawn, in their order: the first that is not done as it grows, those behind it when their turn comes. Ends texts at stop
/// strings.
/// </summary>
/// <param name="source">The model.</param>
/// <param name="prompts">The tokens of each text's prompt, with the end-of-text that stands for the beginning.</param>
/// <param name="mostNew">Tokens that a prompt of so many tokens gets at most.</param>
/// <param name="stops">Stop strings.</param>
/// <param name="output">Where to write; <see langword="null"/> to look for stop strings only.</param>
internal sealed class TextStream(SamplingModel source, IReadOnlyList<int[]> prompts, Func<int, int> mostNew, IReadOnlyList<string> stops, TextWriter? output)
{
    private readonly GrowingText[] texts =
        [.. prompts.Select(prompt => new GrowingText(source.Tokenizer, prompt[1..], [.. stops.Select(Encoding.UTF8.GetBytes)]))];

    private readonly bool[] areDone = new bool[prompts.Count];
    private readonly int[] numLeft = [.. prompts.Select(prompt => mostNew(prompt.Length))];
    private int current = -1;

    /// <summary>A text up to its stop string.</summary>
    public string TextOf(int number) => texts[number].Text;

    /// <summary>Takes a token in.</summary>
    /// <returns>Whether its text ends here.</returns>
    public bool Observe(long number, int token)
    {
        var text = texts[number];
        text.Append(token);
        areDone[number] = text.IsStopped || token == source.Tokenizer.EndOfText || --numLeft[number] == 0;
        if (output is not null && (current < 0 || number == current)) Show();
        return text.IsStopped;
    }

    /// <summary>Nothing more comes.</summary>
    public void Complete()
    {
        Array.Fill(areDone, true);
        if (output is not null) Show();
    }

    private void Show()
    {
        if (current < 0) Begin(0);
        while (current < texts.Length)
        {
            output!.Write(TerminalText.ForOutput(texts[current].Next(areDone[current])));
            if (!areDone[current]) break;
            output.WriteLine();
            Begin(current + 1);
        }

        output!.Flush();
    }

    private void Begin(int number)
    {
        current = number;
        if (number < texts.Length) output!.WriteLine($"--- {number + 1}");
    }
}
