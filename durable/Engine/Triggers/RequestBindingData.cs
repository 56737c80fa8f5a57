using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Primitives;

namespace Orchestrator.Durable.Engine.Triggers;

/// <summary>What a trigger says of an invocation; of other triggers than HTTP, nothing.</summary>
/// <param name="request">The request; <c>null</c> when none set the function off.</param>
internal sealed class RequestBindingData(HttpRequest? request) : BindingContext
{
    /// <summary>The headers as a JSON object of texts.</summary>
    internal const string Headers = "Headers";

    /// <summary>The query as a JSON object of texts.</summary>
    internal const string Query = "Query";

    private Dictionary<string, object?>? _data;

    public override IReadOnlyDictionary<string, object?> BindingData => _data ??= request is null ? [] : Read(request);

    internal static string Json(IEnumerable<KeyValuePair<string, StringValues>> values) =>
        JsonSerializer.Serialize(values.ToDictionary(value => value.Key, value => value.Value.ToString()));

    private static Dictionary<string, object?> Read(HttpRequest request)
    {
        var data = new Dictionary<string, object?>(StringComparer.OrdinalIgnoreCase)
        {
            [Headers] = Json(request.Headers),
            [Query] = Json(request.Query),
        };
        foreach (var (name, value) in request.Query)
        {
            data[name] = value.ToString();
        }

        foreach (var (name, value) in request.RouteValues)
        {
            data[name] = value?.ToString();
        }

        return data;
    }
}
