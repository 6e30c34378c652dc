using Lhts.Trainer.Checkpoints;
using Lhts.Trainer.Parallel;

namespace Lhts.Trainer.Tests.Checkpoints;

/// <summary>A checkpoint from its beginning to its end.</summary>
internal static class StoreSaving
{
    public static long Save(this CheckpointStore store, long step, Action<string> write, Ranks? ranks = null)
    {
        var checkpoint = store.Begin(step, ranks ?? Ranks.Single);
        write(checkpoint.Own);
        return store.Complete(checkpoint, ranks ?? Ranks.Single);
    }
}
