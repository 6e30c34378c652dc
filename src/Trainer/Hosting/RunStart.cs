namespace Lhts.Trainer.Hosting;

/// <summary>How a run is started, besides its recipe.</summary>
/// <param name="StartsOver">Whether a stage begins anew where all of its checkpoints are damaged.</param>
public sealed record RunStart(bool StartsOver);
