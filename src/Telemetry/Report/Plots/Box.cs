namespace Lhts.Telemetry.Report.Plots;

/// <summary>A rectangle of a picture, in pixels, y downwards.</summary>
internal readonly record struct Box(double Left, double Top, double Right, double Bottom)
{
    public static Box Around(double x, double y, double radius) => new(x - radius, y - radius, x + radius, y + radius);

    /// <summary>The area that two have in common.</summary>
    public double Overlap(Box other) =>
        Math.Max(0, Math.Min(Right, other.Right) - Math.Max(Left, other.Left)) * Math.Max(0, Math.Min(Bottom, other.Bottom) - Math.Max(Top, other.Top));

    public bool IsWithin(Box other) => Left >= other.Left && Top >= other.Top && Right <= other.Right && Bottom <= other.Bottom;
}
