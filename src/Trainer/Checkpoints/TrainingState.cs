using System.Text.Json;
using Lhts.Data.Batching;
using Lhts.Data.Tokenizers;
using Lhts.Models;
using Lhts.Models.Gpt;
using Lhts.Models.Safetensors;
using Lhts.Objectives;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Lhts.Trainer.Checkpoints;

/// <summary>
/// Everything a stage needs to go on as if it had never stopped: model, AdamW, objective, random numbers and the place in the data.
/// Files: model/ (a Hugging Face folder with the tokenizer), optimizer.safetensors, objective.safetensors, state.json.
/// </summary>
public sealed class TrainingState(Gpt2 model, AdamW optimizer, IObjective objective, ITokenizer tokenizer)
{
    private const string ModelFolder = "model";
    private const string OptimizerFile = "optimizer.safetensors";
    private const string ObjectiveFile = "objective.safetensors";
    private const string StateFile = "state.json";
    private const string RandomName = "random.cpu";

    private static readonly JsonSerializerOptions Json = new() { PropertyNamingPolicy = JsonNamingPolicy.CamelCase, WriteIndented = true };

    /// <summary>Writes all of it into a folder.</summary>
    /// <param name="folder">An empty folder.</param>
    /// <param name="position">Steps made and the place in the data.</param>
    public void Save(string folder, Position position)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        SaveModel(Path.Combine(folder, ModelFolder));
        SafetensorsFile.Write(Path.Combine(folder, OptimizerFile), OptimizerTensors().Append(KeyValuePair.Create(RandomName, random.get_rng_state())));
        SafetensorsFile.Write(Path.Combine(folder, ObjectiveFile), ObjectiveTensors());
        AtomicFile.Write(Path.Combine(folder, StateFile), stream => JsonSerializer.Serialize(stream, position, Json));
    }

    /// <summary>Takes all of it over from a folder.</summary>
    /// <exception cref="InvalidDataException">The files do not fit the model or the objective.</exception>
    public Position Load(string folder)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        using (var weights = Gpt2Checkpoint.Load(Path.Combine(folder, ModelFolder))) model.load_state_dict(weights.state_dict());
        using (var file = SafetensorsFile.Open(Path.Combine(folder, OptimizerFile)))
        {
            foreach (var (name, state) in OptimizerStates())
            {
                file.ReadInto($"exp_avg.{name}", state.exp_avg);
                file.ReadInto($"exp_avg_sq.{name}", state.exp_avg_sq);
                state.step = file.Read($"step.{name}").item<long>();
            }

            random.set_rng_state(file.Read(RandomName));
        }

        using (var file = SafetensorsFile.Open(Path.Combine(folder, ObjectiveFile)))
        {
            objective.Load(file.Tensors.ToDictionary(tensor => tensor.Name, tensor => file.Read(tensor.Name)));
            foreach (var (name, parameter) in objective.Parameters) parameter.copy_(file.Read(ParameterName(name)));
        }

        using var stream = File.OpenRead(Path.Combine(folder, StateFile));
        return JsonSerializer.Deserialize<Position>(stream, Json) ?? throw new InvalidDataException($"'{folder}': {StateFile} is empty.");
    }

    /// <summary>Writes the model alone, with its tokenizer: a folder in Hugging Face's layout.</summary>
    public void SaveModel(string folder)
    {
        Gpt2Checkpoint.Save(model, folder);
        tokenizer.Save(folder);
    }

    private IEnumerable<KeyValuePair<string, Tensor>> OptimizerTensors()
    {
        foreach (var (name, state) in OptimizerStates())
        {
            yield return KeyValuePair.Create($"exp_avg.{name}", state.exp_avg);
            yield return KeyValuePair.Create($"exp_avg_sq.{name}", state.exp_avg_sq);
            yield return KeyValuePair.Create($"step.{name}", tensor(state.step));
        }
    }

    private IEnumerable<(string Name, AdamW.State State)> OptimizerStates()
    {
        var names = model.named_parameters().Concat(objective.Parameters.Select(p => (ParameterName(p.Name), p.Parameter)))
            .ToDictionary(pair => pair.Item2, pair => pair.Item1);
        var states = optimizer.state_dict().State.Cast<AdamW.State>();
        return optimizer.parameters().Zip(states, (parameter, state) => (names[parameter], state));
    }

    private IEnumerable<KeyValuePair<string, Tensor>> ObjectiveTensors() =>
        objective.State.Concat(objective.Parameters.Select(p => KeyValuePair.Create(ParameterName(p.Name), (Tensor)p.Parameter)));

    private static string ParameterName(string name) => $"objective.{name}";
}

/// <summary>Where a stage stands.</summary>
/// <param name="Step">Optimizer steps made.</param>
/// <param name="Data">The place in the data after them.</param>
/// <param name="Stage">The fingerprint of the stage's settings and inputs.</param>
public sealed record Position(long Step, DataState Data, string Stage);
