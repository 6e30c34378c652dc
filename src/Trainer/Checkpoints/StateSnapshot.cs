using System.Text.Json;
using Lhts.Basics;
using Lhts.Data.Tokenizers;
using Lhts.Models.Gpt;

namespace Lhts.Trainer.Checkpoints;

/// <summary>A <see cref="TrainingState"/> as it is now, in host memory.</summary>
internal sealed class StateSnapshot : IDisposable
{
    /// <summary>The leader's: all but the optimizer. Default null: this rank is another.</summary>
    public (Gpt2Snapshot Model, HostCopy Objective, Position Position, ITokenizer Tokenizer)? Shared { get; init; }

    /// <summary>This rank's part of the optimizer and its file. Default null: it keeps none.</summary>
    public (HostCopy States, string FileName)? Optimizer { get; init; }

    /// <summary>Writes all of it into a folder.</summary>
    /// <exception cref="IOException">A file cannot be written.</exception>
    public void Write(string folder)
    {
        Optimizer?.States.Write(Path.Combine(folder, Optimizer.Value.FileName));
        if (Shared is not var (model, objective, position, tokenizer)) return;
        var modelFolder = Path.Combine(folder, TrainingState.ModelFolder);
        model.Save(modelFolder);
        tokenizer.Save(modelFolder);
        objective.Write(Path.Combine(folder, TrainingState.ObjectiveFile));
        AtomicFile.Write(Path.Combine(folder, TrainingState.StateFile), stream => JsonSerializer.Serialize(stream, position, TrainingState.Json));
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Shared?.Model.Dispose();
        Shared?.Objective.Dispose();
        Optimizer?.States.Dispose();
    }
}
