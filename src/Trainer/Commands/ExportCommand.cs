using System.CommandLine;
using Lhts.Data.Tokenizers;
using Lhts.Models.Gpt;
using Lhts.Trainer.Evaluations;

namespace Lhts.Trainer.Commands;

/// <summary><c>lhts export MODEL -T 0.7 -o FOLDER</c>.</summary>
internal static class ExportCommand
{
    private static readonly Argument<string> Model = new("model") { Description = ModelArgument.Description };

    private static readonly Option<double?> LongHorizon = new("--long-horizon-temperature", "-T")
    {
        Description = "The exported model's temperature of the whole text; any above 0, in the trained range or not. Default: that of a student of one.",
    };

    private static readonly Option<string> Output = new("--output", "-o")
    {
        Description = "The folder to make; one that is there must be empty.",
        Required = true,
    };

    public static Command Build()
    {
        var command = new Command(
            "export",
            "Write a student at one long-horizon temperature as a plain GPT-2 in Hugging Face's layout, with its tokenizer. Exact for students conditioned "
            + "at every position, in their layer norms or weights, and for those of one temperature; a student with a temperature prefix has no plain GPT-2.")
        {
            Model, LongHorizon, Output,
        };
        command.SetAction(Run);
        return command;
    }

    private static int Run(ParseResult arguments)
    {
        var (folder, output) = (ModelArgument.FolderOf(arguments.GetRequiredValue(Model)), arguments.GetRequiredValue(Output));
        RequireRoom(output);
        var tokenizer = TokenizerLoader.Load(folder);
        using var model = Gpt2Checkpoint.Load(folder);
        if (model.NumPrefix > 0)
        {
            throw new InvalidDataException(
                $"The student '{folder}' is told its temperature by a prefix, and no plain GPT-2 stands for that. "
                + "Train with student.conditioning every-position, layer-norms or weights.");
        }

        var asked = arguments.GetValue(LongHorizon);
        var temperature = TemperatureOf(folder, model.Config, asked);
        if (Extrapolation.NoteFor(model.Config, asked) is { } note) Console.Error.WriteLine(note);
        using var plain = Gpt2Student.AtTemperature(model, temperature);
        Gpt2Checkpoint.Save(plain, output);
        tokenizer.Save(output);
        Console.WriteLine($"{output}: a plain GPT-2, the student at T = {temperature}");
        if (plain.BannedTokens.Count > 0)
        {
            Console.Error.WriteLine(
                $"{plain.BannedTokens.Count} tokens are never predicted here (lhts_banned_tokens in {Gpt2ConfigFile.Name}); "
                + "other programs do not read that and may draw them.");
        }

        return ExitCode.Done;
    }

    /// <summary>A path in the way is found before any work.</summary>
    private static void RequireRoom(string output)
    {
        if (File.Exists(output)) throw new InvalidDataException($"'{output}' is a file. Give --output a folder that is empty or not there.");
        if (!Directory.Exists(output) || !Directory.EnumerateFileSystemEntries(output).Any()) return;
        throw new InvalidDataException($"The folder '{output}' is not empty. Give --output one that is, or that is not there.");
    }

    private static double TemperatureOf(string folder, Gpt2Config config, double? asked)
    {
        if (asked is { } value && !(value > 0 && double.IsFinite(value)))
        {
            throw new InvalidDataException($"--long-horizon-temperature is {value}; it must be a number above 0.");
        }

        if (config.TemperatureConditioning != TemperatureConditioning.None)
        {
            return asked ?? throw new InvalidDataException($"The model '{folder}' has several temperatures. Say which with --long-horizon-temperature.");
        }

        var own = config.LowestTemperature == config.HighestTemperature ? config.LowestTemperature : null;
        if (asked is null || asked == own) return own ?? 1;
        throw new InvalidDataException(
            $"The model '{folder}' has one temperature{(own is null ? "" : $", T = {own}")}. "
            + "Leave --long-horizon-temperature out, or train a student with several student.temperatures.");
    }
}
