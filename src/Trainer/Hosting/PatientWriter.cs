using System.Text;

namespace Lhts.Trainer.Hosting;

/// <summary>Writes as long as somebody can be written to: a run does not end because its terminal is gone or the disk of its log is full.</summary>
/// <param name="inner">Where text goes.</param>
internal sealed class PatientWriter(TextWriter inner) : TextWriter
{
    /// <inheritdoc/>
    public override Encoding Encoding => inner.Encoding;

    /// <summary>Whether a write has failed.</summary>
    public bool IsLost { get; private set; }

    /// <inheritdoc/>
    public override void Write(char value) => Try(() => inner.Write(value));

    /// <inheritdoc/>
    public override void Write(char[] buffer, int index, int count) => Try(() => inner.Write(buffer, index, count));

    /// <inheritdoc/>
    public override void Write(string? value) => Try(() => inner.Write(value));

    /// <inheritdoc/>
    public override void Flush() => Try(inner.Flush);

    private void Try(Action write)
    {
        try
        {
            write();
        }
        catch (IOException)
        {
            IsLost = true;
        }
    }
}
