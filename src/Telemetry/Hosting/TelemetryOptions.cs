namespace Lhts.Telemetry;

/// <summary>How figures leave the process.</summary>
public sealed record TelemetryOptions
{
    /// <summary>
    /// The port of <c>/metrics</c>, <c>/healthz</c> and <c>/readyz</c>. 0 takes any free port and logs which. Default null: no endpoint.
    /// </summary>
    public int? Port { get; init; }

    /// <summary>
    /// The IP address to listen on. Default 127.0.0.1: this machine only. In a container use 0.0.0.0 (or :: for IPv6 as well).
    /// </summary>
    public string Address { get; init; } = "127.0.0.1";

    /// <summary>The name of the run; becomes the label <c>run</c> of every series. Default empty: no such label.</summary>
    public string RunName { get; init; } = "";

    /// <summary>Which process of the run this is; becomes the label <c>rank</c> of every series. Default null: no such label.</summary>
    public int? Rank { get; init; }

    /// <summary>Where to push metrics by OTLP, e.g. <c>http://localhost:4317</c>. Default null: nowhere.</summary>
    public Uri? OtlpEndpoint { get; init; }

    /// <summary>The protocol of <see cref="OtlpEndpoint"/>. Default gRPC.</summary>
    public OtlpTransport OtlpTransport { get; init; } = OtlpTransport.Grpc;

    /// <summary>How often metrics are pushed by OTLP. Default 15 s.</summary>
    public TimeSpan OtlpInterval { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>
    /// Whether a few figures of the .NET runtime (memory, garbage collection, processor time) are exported too. Default true.
    /// </summary>
    public bool RuntimeMetrics { get; init; } = true;

    /// <summary>When the run counts as healthy.</summary>
    public HealthOptions Health { get; init; } = new();
}

/// <summary>The two ways of OTLP.</summary>
public enum OtlpTransport
{
    /// <summary>gRPC, usually port 4317.</summary>
    Grpc,

    /// <summary>
    /// Protobuf over HTTP, usually port 4318; the endpoint is then the whole address, e.g. <c>http://localhost:4318/v1/metrics</c>.
    /// </summary>
    HttpProtobuf,
}
