using System.Reflection;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Orchestrator.Functions.Http;
using Orchestrator.Functions.Identity;

namespace Orchestrator.Functions.Schemas;

/// <summary>The JSON schemas of what the API takes, for editors and release tooling: those of <c>docs/schemas</c>.</summary>
public sealed class SchemaApi(Access access)
{
    private const string Suffix = ".schema.json";

    private static readonly Assembly Here = typeof(SchemaApi).Assembly;

    private static readonly IReadOnlyList<string> Names =
    [
        .. from file in Here.GetManifestResourceNames() where file.EndsWith(Suffix, StringComparison.Ordinal) orderby file select file[..^Suffix.Length],
    ];

    [Function("GetSchema")]
    public async Task<IResult> GetAsync(
        [HttpTrigger(AuthorizationLevel.Function, "get", Route = "schemas/{name}")] HttpRequest request, string name) =>
        await access.RefuseAsync(request, Permission.ReadSchemas)
        ?? (Names.Contains(name)
            ? TypedResults.Stream(Here.GetManifestResourceStream(name + Suffix)!, "application/schema+json")
            : Problems.NotFound($"There is no schema '{name}'; there are {string.Join(" and ", Names)}."));
}
