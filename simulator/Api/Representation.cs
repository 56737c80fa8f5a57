using System.Globalization;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Orchestrator.Simulator.Kinds;

namespace Orchestrator.Simulator.Api;

/// <summary>How a client wants objects shown: as they are, as metadata alone, or as rows of a table.</summary>
internal sealed class Representation
{
    private enum Shape { Object, Metadata, Table }

    private readonly ResourceRequest request;
    private readonly Shape shape;
    private readonly string includeObject;
    private readonly TimeProvider time;
    private bool columnsSent;

    private Representation(ResourceRequest request, Shape shape, string includeObject, TimeProvider time) =>
        (this.request, this.shape, this.includeObject, this.time) = (request, shape, includeObject, time);

    /// <summary>Takes the first acceptable media type of <c>Accept</c>.</summary>
    /// <exception cref="KubeException">406 when there is none: the simulated cluster speaks JSON only.</exception>
    public static Representation From(HttpRequest http, ResourceRequest request, TimeProvider time)
    {
        var accepted = http.Headers.Accept.ToString();
        if (accepted.Length == 0) return Of(Shape.Object);
        foreach (var candidate in accepted.Split(','))
        {
            var parts = candidate.Split(';').Select(part => part.Trim()).ToArray();
            if (parts[0] is not ("application/json" or "application/*" or "*/*")) continue;
            var profile = parts.FirstOrDefault(part => part.StartsWith("as=", StringComparison.Ordinal))?[3..];
            if (profile is null) return Of(Shape.Object);
            if (parts.Contains("v=v1beta1")) continue;
            if (profile == "Table") return Of(Shape.Table);
            if (profile is "PartialObjectMetadata" or "PartialObjectMetadataList") return Of(Shape.Metadata);
        }
        throw new KubeException(406, "NotAcceptable", "only the following media types are accepted: application/json");

        Representation Of(Shape shape) => new(request, shape, http.Query["includeObject"].ToString(), time);
    }

    public JsonObject One(JsonObject obj) => shape switch
    {
        Shape.Table => Table([obj], obj.ResourceVersion),
        Shape.Metadata => Metadata(obj),
        _ => InVersion(obj),
    };

    public JsonObject Many(IReadOnlyList<JsonObject> objects, long version, string? next, int remaining)
    {
        JsonObject list;
        if (shape == Shape.Table) list = Table(objects, version);
        else
            list = new()
            {
                ["kind"] = shape == Shape.Metadata ? "PartialObjectMetadataList" : $"{request.Type.Kind}List",
                ["apiVersion"] = shape == Shape.Metadata ? "meta.k8s.io/v1" : request.Type.ApiVersionOf(request.Version),
                ["metadata"] = new JsonObject { ["resourceVersion"] = version.ToString(CultureInfo.InvariantCulture) },
                ["items"] = new JsonArray([.. objects.Select(One)]),
            };
        if (next is not null)
        {
            list.Metadata["continue"] = next;
            list.Metadata["remainingItemCount"] = remaining;
        }
        return list;
    }

    /// <summary>An object that carries nothing but a version.</summary>
    public JsonObject Bookmark(long version, bool endsInitialEvents)
    {
        var metadata = new JsonObject { ["resourceVersion"] = version.ToString(CultureInfo.InvariantCulture) };
        if (endsInitialEvents) metadata["annotations"] = new JsonObject { ["k8s.io/initial-events-end"] = "true" };
        return new() { ["kind"] = request.Type.Kind, ["apiVersion"] = request.Type.ApiVersionOf(request.Version), ["metadata"] = metadata };
    }

    private JsonObject InVersion(JsonObject obj)
    {
        var copy = obj.Copy();
        copy["apiVersion"] = request.Type.ApiVersionOf(request.Version);
        return copy;
    }

    private static JsonObject Metadata(JsonObject obj) => new()
    {
        ["kind"] = "PartialObjectMetadata",
        ["apiVersion"] = "meta.k8s.io/v1",
        ["metadata"] = obj.Metadata.DeepClone(),
    };

    private JsonObject Table(IReadOnlyList<JsonObject> objects, long version)
    {
        var columns = Columns.Of(request.Type);
        var rows = objects.Select(obj => new JsonObject
        {
            ["cells"] = new JsonArray([.. columns.Select(column => column.Cell(obj, time.GetUtcNow()))]),
            ["object"] = includeObject switch
            {
                "None" => null,
                "Object" => InVersion(obj),
                _ => Metadata(obj),
            },
        });
        var table = new JsonObject
        {
            ["kind"] = "Table",
            ["apiVersion"] = "meta.k8s.io/v1",
            ["metadata"] = new JsonObject { ["resourceVersion"] = version.ToString(CultureInfo.InvariantCulture) },
            // A watch sends them with its first row alone.
            ["columnDefinitions"] = columnsSent ? new JsonArray() : new JsonArray([.. columns.Select(column => column.Definition)]),
            ["rows"] = new JsonArray([.. rows]),
        };
        columnsSent = true;
        return table;
    }
}
