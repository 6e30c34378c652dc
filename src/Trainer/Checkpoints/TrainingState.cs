using System.Text.Json;
using Lhts.Data.Tokenizers;
using Lhts.Distributed;
using Lhts.Models.Gpt;
using Lhts.Models.Safetensors;
using Lhts.Objectives;
using Lhts.Trainer.Parallel;
using TorchSharp;
using static TorchSharp.torch;

namespace Lhts.Trainer.Checkpoints;

/// <summary>
/// What a stage needs to go on as if it had never stopped, besides its source of sequences: model, AdamW, objective and the step. Random numbers are functions
/// of seed, step and rank. Files: model/ (a Hugging Face folder with the tokenizer), optimizer.safetensors or one for each rank's share, objective.safetensors,
/// state.json.
/// </summary>
internal sealed class TrainingState(Gpt2 model, Updater updater, IObjective objective, ITokenizer tokenizer)
{
    internal const string ModelFolder = "model";
    internal const string ObjectiveFile = "objective.safetensors";
    internal const string StateFile = "state.json";

    internal static readonly JsonSerializerOptions Json = new() { PropertyNamingPolicy = JsonNamingPolicy.CamelCase, WriteIndented = true };

    /// <summary>Copies what this rank saves to host memory.</summary>
    /// <param name="position">Steps made.</param>
    /// <param name="isLeader">Whether this rank writes more than its part of the optimizer.</param>
    public StateSnapshot Snapshot(Position position, bool isLeader) => new()
    {
        Shared = isLeader ? (new Gpt2Snapshot(model), new HostCopy(ObjectiveTensors()), position, tokenizer) : null,
        Optimizer = OptimizerFiles.Snapshot(updater),
    };

    /// <summary>Takes all of it over from a folder, whatever the number of ranks that wrote it.</summary>
    /// <exception cref="InvalidDataException">The files do not fit the model or the objective.</exception>
    public Position Load(string folder)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        using (var weights = Gpt2Checkpoint.Load(Path.Combine(folder, ModelFolder))) model.load_state_dict(weights.state_dict());
        OptimizerFiles.Load(folder, updater);
        using (var file = SafetensorsFile.Open(Path.Combine(folder, ObjectiveFile)))
        {
            objective.Agreement?.Load(file.Tensors.ToDictionary(tensor => tensor.Name, tensor => file.Read(tensor.Name)));
            foreach (var (name, parameter) in objective.Parameters) parameter.copy_(file.Read(Updater.NameOf(name)));
        }

        using var stream = File.OpenRead(Path.Combine(folder, StateFile));
        return JsonSerializer.Deserialize<Position>(stream, Json) ?? throw new InvalidDataException($"'{folder}': {StateFile} is empty.");
    }

    /// <summary>Gives all ranks the leader's parameters, whatever theirs are, and makes sure that they have them.</summary>
    public void Share(Ranks ranks)
    {
        if (ranks.Group is { } group) ParameterSync.Broadcast(group, updater.Parameters);
        RequireEqual(ranks);
    }

    /// <summary>Makes sure that all ranks have the same parameters.</summary>
    /// <exception cref="InvalidOperationException">They have not.</exception>
    public void RequireEqual(Ranks ranks) => ranks.RequireEqual(updater.Parameters, "The parameters");

    /// <summary>Writes the model alone, with its tokenizer: a folder in Hugging Face's layout.</summary>
    public void SaveModel(string folder)
    {
        Gpt2Checkpoint.Save(model, folder);
        tokenizer.Save(folder);
    }

    private IEnumerable<KeyValuePair<string, Tensor>> ObjectiveTensors() =>
        (objective.Agreement?.State ?? new Dictionary<string, Tensor>())
            .Concat(objective.Parameters.Select(p => KeyValuePair.Create(Updater.NameOf(p.Name), (Tensor)p.Parameter)));
}

/// <summary>Where a stage stands.</summary>
/// <param name="Step">Optimizer steps made.</param>
/// <param name="Stage">The fingerprint of the stage's settings and inputs.</param>
public sealed record Position(long Step, string Stage)
{
    /// <summary>The share of the learning rate that the trust region leaves. Default 1.</summary>
    public double RateShare { get; init; } = 1;
}
