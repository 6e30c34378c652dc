namespace Lhts.Scaling.Benchmarks.Model;

/// <summary>The sizes of a GPT-2, and what follows from them.</summary>
/// <param name="Name">What tables call it.</param>
/// <param name="Layers">Blocks.</param>
/// <param name="Width">E, of the hidden states.</param>
/// <param name="Vocabulary">V, tokens.</param>
/// <param name="Context">T, tokens of a sequence and positions of the model.</param>
public sealed record GptShape(string Name, int Layers, int Width, int Vocabulary = 50257, int Context = 1024)
{
    /// <summary>124 million parameters.</summary>
    public static GptShape Small { get; } = new("GPT-2 small", 12, 768);

    /// <summary>355 million parameters.</summary>
    public static GptShape Medium { get; } = new("GPT-2 medium", 24, 1024);

    /// <summary>1,558 million parameters.</summary>
    public static GptShape Xl { get; } = new("GPT-2 XL", 48, 1600);

    /// <summary>Numbers in all parameters.</summary>
    public double NumParameters => Backward().Sum(parameter => (double)parameter.Size);

    /// <summary>Operations of the matrix products of one sequence's forward pass (Kaplan et al. 2020, section 2.1): as the trainer counts its own.</summary>
    public double ForwardFlops => 2.0 * Context * ((Layers * BlockCost) + HeadCost);

    /// <summary>
    /// The parameters in the order in which backward completes their gradients, each with the share of backward that has passed by then, 0 to 1.
    /// </summary>
    /// <remarks>The token embedding is the head too, and its gradient whole only when backward has reached the embeddings: at the very end.</remarks>
    public IEnumerable<(long Size, double ReadyAt)> Backward()
    {
        double passed = HeadCost;
        var all = HeadCost + (Layers * BlockCost);
        foreach (var size in new long[] { Width, Width }) yield return (size, passed / all); // ln_f
        for (var layer = 0; layer < Layers; layer++)
        {
            foreach (var (size, cost) in Block())
            {
                passed += cost;
                yield return (size, passed / all);
            }
        }

        yield return ((long)Context * Width, 1);
        yield return ((long)Vocabulary * Width, 1);
    }

    // Multiplications for one position, forward.
    private double HeadCost => (double)Vocabulary * Width;

    private double BlockCost => (12.0 * Width * Width) + AttentionCost;

    private double AttentionCost => 2.0 * Context * Width;

    /// <summary>A block's parameters from its last to its first, with the multiplications that backward does just before each.</summary>
    private IEnumerable<(long Size, double Cost)> Block()
    {
        long width = Width;
        var square = width * width;
        yield return (width, 0); // mlp.c_proj
        yield return (4 * square, 4.0 * square);
        yield return (4 * width, 0); // mlp.c_fc
        yield return (4 * square, 4.0 * square);
        yield return (width, 0); // ln_2
        yield return (width, 0);
        yield return (width, 0); // attn.c_proj
        yield return (square, square);
        yield return (3 * width, AttentionCost); // attn.c_attn
        yield return (3 * square, 3.0 * square);
        yield return (width, 0); // ln_1
        yield return (width, 0);
    }
}
