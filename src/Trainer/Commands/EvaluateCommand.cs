using System.CommandLine;

namespace Lhts.Trainer.Commands;

/// <summary><c>lhts evaluate …</c>.</summary>
internal static class EvaluateCommand
{
    public static Command Build() =>
        new("evaluate", "Measure models.") { EvaluateGridCommand.Build(), EvaluateTaskCommand.Build(), EvaluateAblationCommand.Build() };
}
