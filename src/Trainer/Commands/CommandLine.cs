using System.CommandLine;

namespace Lhts.Trainer.Commands;

/// <summary>The commands of <c>lhts</c>.</summary>
public static class CommandLine
{
    /// <summary>The whole tree of commands.</summary>
    public static RootCommand Build() => new("Trains language models towards a long-horizon temperature (LHTS, arXiv 2302.03686).")
    {
        TrainCommand.Build(),
        ValidateCommand.Build(),
        SampleCommand.Build(),
        ScoreCommand.Build(),
        ExportCommand.Build(),
        EvaluateCommand.Build(),
        ReportCommand.Build(),
        DataCommand.Build(),
        TokenizerCommand.Build(),
    };
}
