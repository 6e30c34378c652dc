using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using Lhts.Telemetry.Prometheus;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;

namespace Lhts.Telemetry.Tests;

/// <summary>
/// A collector that takes OTLP metrics over gRPC or HTTP and keeps the last state of every series, written as <c>/metrics</c> writes it.
/// Field numbers are those of opentelemetry/proto/metrics/v1/metrics.proto.
/// </summary>
public sealed class OtlpReceiver : IAsyncDisposable
{
    private const int GrpcPrefix = 5;

    private readonly WebApplication _server;
    private readonly ConcurrentDictionary<string, double> _samples = new();

    private OtlpReceiver(WebApplication server) => _server = server;

    /// <summary>The samples received, as sorted lines of the text format, without buckets.</summary>
    public IEnumerable<string> Lines =>
        _samples.Select(sample => $"{sample.Key} {sample.Value.ToString("R", CultureInfo.InvariantCulture)}").Order(StringComparer.Ordinal);

    /// <summary>The attributes of the process that sent last.</summary>
    public IReadOnlyDictionary<string, string> Resource { get; private set; } = new Dictionary<string, string>();

    public Uri Endpoint(OtlpTransport transport) =>
        new(_server.Urls.Single() + (transport == OtlpTransport.Grpc ? "" : "/v1/metrics"));

    public static async Task<OtlpReceiver> Start(OtlpTransport transport)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.AddRoutingCore();
        var protocols = transport == OtlpTransport.Grpc ? HttpProtocols.Http2 : HttpProtocols.Http1;
        builder.WebHost.UseKestrelCore()
            .ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen => listen.Protocols = protocols));
        var server = builder.Build();
        var receiver = new OtlpReceiver(server);
        server.MapPost("/v1/metrics", receiver.TakeHttp);
        server.MapPost("/opentelemetry.proto.collector.metrics.v1.MetricsService/Export", receiver.TakeGrpc);
        await server.StartAsync();
        return receiver;
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    private async Task TakeHttp(HttpContext context)
    {
        Take(await ReadBody(context));
        context.Response.ContentType = "application/x-protobuf";
    }

    private async Task TakeGrpc(HttpContext context)
    {
        Take((await ReadBody(context))[GrpcPrefix..]);
        context.Response.ContentType = "application/grpc";
        context.Response.DeclareTrailer("grpc-status");
        await context.Response.BodyWriter.WriteAsync(new byte[GrpcPrefix]);
        context.Response.AppendTrailer("grpc-status", "0");
    }

    private static async Task<ReadOnlyMemory<byte>> ReadBody(HttpContext context)
    {
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body);
        return body.ToArray();
    }

    private void Take(ReadOnlyMemory<byte> request)
    {
        foreach (var resourceMetrics in Of(ProtobufReader.Read(request), 1))
        {
            Resource = Of(Of(resourceMetrics.Fields, 1).Single().Fields, 1).Select(Attribute).ToDictionary();
            foreach (var metric in Of(resourceMetrics.Fields, 2).SelectMany(scope => Of(scope.Fields, 2))) TakeMetric(metric);
        }
    }

    private void TakeMetric(ProtobufField metric)
    {
        var name = Of(metric.Fields, 1).Single().Text;
        var unit = Of(metric.Fields, 3).Select(field => field.Text).FirstOrDefault();
        var (isGauge, isCounter) = (Of(metric.Fields, 5).Any(), Of(metric.Fields, 7).Any());
        var family = PrometheusNames.Family(name, PrometheusUnits.Word(unit, isGauge), isCounter);
        foreach (var point in Of(metric.Fields, 5).Concat(Of(metric.Fields, 7)).SelectMany(data => Of(data.Fields, 1)))
        {
            var value = point.Fields.Single(field => field.Number is 4 or 6);
            Keep(family + (isCounter ? "_total" : ""), Of(point.Fields, 7), value.Number == 4 ? value.Double : (long)value.Scalar);
        }

        foreach (var point in Of(metric.Fields, 9).SelectMany(data => Of(data.Fields, 1)))
        {
            Keep(family + "_count", Of(point.Fields, 9), Of(point.Fields, 4).Single().Scalar);
            Keep(family + "_sum", Of(point.Fields, 9), Of(point.Fields, 5).Single().Double);
        }
    }

    private void Keep(string name, IEnumerable<ProtobufField> attributes, double value)
    {
        var labels = LabelText.Of(attributes.Select(Attribute));
        _samples[labels.Length == 0 ? name : $"{name}{{{labels}}}"] = value;
    }

    private static KeyValuePair<string, string> Attribute(ProtobufField attribute) =>
        new(Of(attribute.Fields, 1).Single().Text, Of(Of(attribute.Fields, 2).Single().Fields, 1).Single().Text);

    private static IEnumerable<ProtobufField> Of(IEnumerable<ProtobufField> fields, int number) => fields.Where(field => field.Number == number);
}
