using Lhts.Data.Tokenizers;
using Lhts.Models.Gpt;
using TorchSharp;

namespace Lhts.Trainer.Commands.Sampling;

/// <summary>The model of <c>lhts sample</c> with its tokenizer, on its device.</summary>
internal sealed class SamplingModel : IDisposable
{
    private SamplingModel(string folder, Gpt2 model, ITokenizer tokenizer) => (Folder, Model, Tokenizer) = (folder, model, tokenizer);

    public string Folder { get; }

    public Gpt2 Model { get; }

    public ITokenizer Tokenizer { get; }

    /// <summary>Loads a model folder, or the student of a run folder.</summary>
    /// <exception cref="DirectoryNotFoundException">It is neither.</exception>
    /// <exception cref="InvalidDataException">The model, its tokenizer or the device cannot be used.</exception>
    public static SamplingModel Load(string path, string? device)
    {
        var place = DeviceOption.Of(device);
        var folder = ModelArgument.FolderOf(path);
        var tokenizer = TokenizerLoader.Load(folder);
        return new SamplingModel(folder, Gpt2Checkpoint.Load(folder).to(place), tokenizer);
    }

    /// <summary>The tokens of a text that goes on from a prompt: the end-of-text before stands for the beginning.</summary>
    public int[] Encode(string prompt) => [Tokenizer.EndOfText, .. Tokenizer.Encode(prompt)];

    public void Dispose() => Model.Dispose();
}
