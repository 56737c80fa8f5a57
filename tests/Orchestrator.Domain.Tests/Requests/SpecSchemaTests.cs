using System.Text.Json;
using System.Text.Json.Nodes;
using CsCheck;
using Orchestrator.Domain.Canaries;
using Orchestrator.Domain.Requests;
using Orchestrator.Domain.Tenants;

namespace Orchestrator.Domain.Tests.Requests;

/// <summary>The schemas of <c>docs/schemas</c> say what the readers say. Every request of the readers' own tests is held against them, too.</summary>
public sealed class SpecSchemaTests
{
    /// <summary>Every member that there is.</summary>
    private const string Canary = """
        {
          "service": "hello", "candidate": {"version": "v0-0-2", "image": "hello:0.0.2"},
          "preview": {"header": {"name": "version", "value": "v0-0-2"}},
          "steps": [{"preview": {}}, {"mirror": {"percent": 10}}, {"setCanaryScale": {"percent": 50}}, {"setWeight": 10}, {"analyze": {"count": 2, "interval": "5s", "metrics": [{"name": "success-rate", "min": 99}]}},
                    {"pause": {"duration": "30s"}}, {"approve": {"timeout": "30m", "onTimeout": "approve", "minApprovals": 2}}],
          "bake": {"duration": "1m"},
          "analysis": {
            "interval": "5s", "failureLimit": 0, "minRequests": 3, "onNoTraffic": "fail", "comparison": {"level": 95, "strict": true},
            "metrics": [
              {"name": "latency-p99", "max": "500ms", "min": 1},
              {"name": "lag", "query": "max(lag)", "max": 5.5, "interval": "30s", "initialDelay": "1m", "count": 3, "failureLimit": 2, "consecutiveErrorLimit": 1,
               "inconclusiveLimit": 0, "minRequests": 5, "dryRun": true},
              {"name": "smoke", "min": 1, "webhook": {"url": "https://ci.example/smoke", "method": "get", "jsonPath": "$.ok", "timeout": "5s",
               "headers": {"x-a": "b"}, "metadata": {"c": 1}}}]
          },
          "gates": [{"name": "qa", "type": "confirm-promotion", "webhook": {"url": "https://ci.example/qa", "headers": {}, "metadata": {}, "timeout": "5s"}}],
          "onNewVersion": "supersede", "onForeignChange": "abort", "deadline": "PT3H", "keepStable": "0s"
        }
        """;

    private const string Ramp = """
        {"service": "hello", "candidate": {"version": "v0-0-2"}, "stepWeight": 20, "maxWeight": 60, "interval": "30s", "preview": {"cookie": {"name": "beta", "value": "on"}},
         "sessionAffinity": {"cookie": "kept", "maxAge": "1h"}, "windows": [{"days": ["Mon", "Fri"], "from": "09:00", "to": "17:00", "timeZone": "Europe/Zurich"}]}
        """;

    private const string Tenant = """
        {
          "tenant": "foo", "cluster": "east", "owner": "team-foo", "isolation": "shared", "mesh": {"revision": "blue", "dataPlane": "sidecar"},
          "gateway": {"mode": "injection", "hosts": ["foo.example.com", "*.foo.example.org"], "minReplicas": 2, "maxReplicas": 4, "front": "gw",
                      "service": {"type": "NodePort", "ports": [{"name": "http2", "port": 80, "targetPort": 8080, "nodePort": 32180}, {"name": "https", "port": 443}]}},
          "policies": {"sidecarEgress": ["./*", "istio-system/*"], "mtls": "STRICT", "networkPolicy": true, "quota": {"pods": 60, "requests.cpu": "8"},
                       "limits": {"default": {"cpu": "500m"}, "defaultRequest": {"cpu": 0.1}, "min": {"memory": "1Mi"}, "max": {"memory": "1Gi", "nvidia.com/gpu": 1}},
                       "admins": ["group:foo-admins"], "podSecurity": "baseline"},
          "services": [{"name": "hello", "port": 8080, "prefix": "/foo/", "stable": "v0-0-1",
                        "windows": [{"from": "08:00", "to": "18:00", "timeZone": "UTC"}], "freezes": [{"from": "2026-12-24T12:00Z", "reason": "fair"}]}],
          "readiness": {"timeout": "10m"}, "cordoned": false, "preventDeletion": true, "forceConflicts": false,
          "windows": [{"days": ["Mon"], "from": "09:00", "to": "17:00", "timeZone": "UTC"}],
          "freezes": [{"from": "2026-12-24T12:00", "to": "2027-01-02T00:00:00Z", "timeZone": "Europe/Zurich", "reason": "holidays"}]
        }
        """;

    private static readonly Gen<string> Values = Gen.OneOf(
        "null", "true", "0", "-1", "7", "101", "70000", "2000000000", "1.5", "\"\"", "\"x\"", "\"1m\"", "\"1h30m\"", "\"Zz_\"", "\"soon\"", "[]", "{}", "[1]", "[\"a\"]",
        "{\"a\":1}", "[{}]", "\"2030-01-01T00:00:00Z\"");

    [Fact]
    public void A_canary_with_something_wrong_in_it_is_refused_by_both_or_by_neither() =>
        Gen.OneOf(Wrong(Canary), Wrong(Ramp)).Sample(json => Canaries(json), iter: 300);

    [Fact]
    public void A_tenant_with_something_wrong_in_it_is_refused_by_both_or_by_neither() => Wrong(Tenant).Sample(json => Tenants(json), iter: 300);

    [Fact]
    public void The_schema_of_a_canary_has_every_member_and_no_other() => AssertMembers(SpecSchema.Canary, json => Canaries(json).Problems, Canary, Ramp);

    [Fact]
    public void The_schema_of_a_tenant_has_every_member_and_no_other() => AssertMembers(SpecSchema.Tenant, json => Tenants(json).Problems, Tenant);

    [Fact]
    public void Every_member_says_what_it_is()
    {
        foreach (var schema in (SpecSchema[])[SpecSchema.Canary, SpecSchema.Tenant])
        {
            var members = Objects(schema.Json, "").SelectMany(o => o.Schema["properties"]!.AsObject().Select(member => (Path: $"{o.Path}/{member.Key}", member.Value)));
            Assert.All(members, member => Assert.True(Described(schema.Json, member.Value!.AsObject()), $"{member.Path} has no description"));
        }
    }

    private static Parsed<CanarySpec> Canaries(string json)
    {
        using var document = JsonDocument.Parse(json);
        return SpecSchema.Canary.Agreeing(document.RootElement, CanaryRequest.Read(document.RootElement, "foo"));
    }

    private static Parsed<TenantSpec> Tenants(string json)
    {
        using var document = JsonDocument.Parse(json);
        return SpecSchema.Tenant.Agreeing(document.RootElement, TenantRequest.Read(document.RootElement, "foo"));
    }

    /// <summary>A spec in which one to three places were changed.</summary>
    private static Gen<string> Wrong(string spec) => Gen.Select(Gen.Int[0, 100_000], Gen.Int[0, 5], Values).Array[1, 3].Select(changes =>
    {
        var json = JsonNode.Parse(spec)!;
        foreach (var (place, kind, value) in changes)
        {
            var places = Places(json).ToList();
            var at = places[place % places.Count];
            switch (kind, at)
            {
                case (0, JsonObject o):
                    o["zzz"] = JsonNode.Parse(value);
                    break;
                case (0 or 1, JsonArray { Count: > 0 } a):
                    Enumerable.Range(0, kind == 0 ? 1 : 101).ToList().ForEach(_ => a.Add(a[0]?.DeepClone()));
                    break;
                case (2, { Parent: JsonObject o }):
                    o.Remove(at.GetPropertyName());
                    break;
                case (2, { Parent: JsonArray a }):
                    a.RemoveAt(at.GetElementIndex());
                    break;
                case (_, { Parent: not null }):
                    at.ReplaceWith(JsonNode.Parse(value));
                    break;
            }
        }

        return json.ToJsonString();
    });

    private static IEnumerable<JsonNode> Places(JsonNode node) => (node switch
    {
        JsonObject o => o.Select(member => member.Value),
        JsonArray a => a,
        _ => [],
    }).OfType<JsonNode>().SelectMany(Places).Prepend(node);

    /// <summary>Puts a member that nobody knows into each object of specs, and compares what the reader then says is known there with the schema.</summary>
    private static void AssertMembers(SpecSchema schema, Func<string, IReadOnlyList<Problem>> read, params string[] specs)
    {
        HashSet<JsonObject> met = [];
        foreach (var (spec, i) in specs.SelectMany(spec => Places(JsonNode.Parse(spec)!).Select((_, i) => (spec, i))))
        {
            var json = JsonNode.Parse(spec)!;
            if (Places(json).ElementAt(i) is not JsonObject o)
            {
                continue;
            }

            var pointer = Pointer(o);
            var own = SchemaOf(schema.Json, pointer);
            if (own["properties"] is not JsonObject members)
            {
                continue;
            }

            o["zzz"] = 1;
            met.Add(own);
            var problem = Assert.Single(read(json.ToJsonString()), problem => problem.Pointer == $"{pointer}/zzz");
            var known = problem.Message[(problem.Message.LastIndexOf("Known are: ", StringComparison.Ordinal) + "Known are: ".Length)..].TrimEnd('.').Split(", ");
            Assert.Equal((pointer, string.Join(", ", known)), (pointer, string.Join(", ", members.Select(m => m.Key).Order(StringComparer.Ordinal))));
        }

        Assert.All(Objects(schema.Json, ""), o => Assert.True(met.Contains(o.Schema), $"The specs of this test have nothing at {o.Path} of the schema."));
    }

    private static string Pointer(JsonNode node) => node.Parent switch
    {
        null => "",
        JsonObject => $"{Pointer(node.Parent)}/{node.GetPropertyName()}",
        var list => $"{Pointer(list)}/{node.GetElementIndex()}",
    };

    private static JsonObject SchemaOf(JsonObject root, string pointer)
    {
        var at = root;
        foreach (var token in pointer.Split('/').Skip(1))
        {
            at = (at["items"] ?? at["properties"]?[token] ?? at["additionalProperties"])!.AsObject();
            while (at["properties"] is null && at["items"] is null && at["$ref"] is { } reference)
            {
                at = Referred(root, reference);
            }
        }

        return at;
    }

    /// <summary>The schemas that say which members an object has.</summary>
    private static IEnumerable<(string Path, JsonObject Schema)> Objects(JsonNode? node, string path) => node switch
    {
        JsonObject o => o.SelectMany(member => Objects(member.Value, $"{path}/{member.Key}"))
            .Concat(o["properties"] is JsonObject { Count: > 0 } && o["additionalProperties"] is JsonValue ? [(path, o)] : []),
        JsonArray a => a.SelectMany((item, i) => Objects(item, $"{path}/{i}")),
        _ => [],
    };

    private static bool Described(JsonObject root, JsonObject schema) =>
        schema.ContainsKey("description") || (schema["$ref"] is { } reference && Described(root, Referred(root, reference)));

    private static JsonObject Referred(JsonObject root, JsonNode reference) =>
        ((string)reference!).Split('/').Skip(1).Aggregate((JsonNode)root, (at, name) => at[name]!).AsObject();
}
