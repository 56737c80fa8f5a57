using System.Text;
using System.Text.Json.Nodes;
using CsCheck;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Routing.Patterns;

namespace Orchestrator.Host.Tests.Fuzzing;

/// <summary>Requests that are nearly right: routes of the host with good and odd values, and specs with something wrong in them.</summary>
internal static class FuzzRequests
{
    private static readonly Gen<string> Odd = Gen.OneOf(
        "", ".", "..", "%2F", "%2e%2e", "%", "%zz", "%ff", "%00", "%0a", "%F0%9F%98%80", "@x", "'", "\"", "\\", ";", "*", "{x}", "null", "-1", "NaN", "1e999",
        "99999999999999999999", "x".PadRight(300, 'x'), "x".PadRight(9000, 'x'), "a%2Fb", "a%252Fb", "UPPER", "foo.bar", "tenant.foo", "%u0041", "a:b", "$(x)");

    private static readonly Dictionary<string, string[]> Values = new()
    {
        ["tenant"] = ["foo", "bar", "ghost"],
        ["service"] = ["hello", "echo"],
        ["cluster"] = ["default", "west"],
        ["verb"] = ["approve", "reject", "pause", "resume", "promote", "abort", "retry", "undo"],
        ["instanceId"] = ["tenant.foo", "canary.foo.hello", "canary.foo.hello.1", "mesh.default", "i1", "i2", "i3"],
        ["functionName"] =
        [
            "TenantOrchestrator", "TenantOffboardingOrchestrator", "CanaryOrchestrator", "CanarySupervisorOrchestrator", "MeshOrchestrator", "Nothing",
        ],
        ["token"] = ["x.y.z", "eyJhbGciOiJub25lIn0.e30."],
        ["eventName"] = ["decision", "submit", "Approval"],
        ["name"] = ["counter", "incident-7", "canary"],
        ["key"] = ["1"],
    };

    private static readonly Gen<string> Verbs = Gen.OneOf("GET", "PUT", "POST", "DELETE", "PATCH", "HEAD", "OPTIONS", "TRACE", "PURGE", "get");

    // A good 'timeout' would have the host wait.
    private static readonly (string Name, string[] Good)[] Queries =
    [
        ("full", ["true"]), ("force", ["true"]), ("fromStep", ["1"]), ("timeout", ["0.01"]), ("pollingInterval", ["0.001"]), ("version", ["2"]), ("taskHub", ["hub"]),
        ("connection", ["c"]), ("code", ["k"]), ("createdTimeFrom", ["2020-01-01"]), ("createdTimeTo", ["2999-01-01"]), ("runtimeStatus", ["Running,Failed"]),
        ("instanceIdPrefix", ["tenant.", "canary."]), ("showInput", ["false"]), ("showHistory", ["true"]), ("showHistoryOutput", ["true"]),
        ("returnInternalServerErrorOnFailure", ["true"]), ("top", ["1", "5"]), ("reason", ["because"]), ("restartWithNewInstanceId", ["false", "true"]),
        ("op", ["add"]), ("tenant", ["foo"]), ("follow", ["false"]), ("since", ["2026-01-01T00:00:00Z", "2999-01-01T00:00:00Z/x"]), ("headers", ["x"]), ("junk", ["y"]),
    ];

    private static readonly Gen<string> OddQuery =
        Gen.OneOf("", "-1", "NaN", "1e999", "soon", "9999-12-31T23:59:59-14:00", "0001-01-01T00:00:00%2B14:00", "%00", "%ff", "%", "a&b", "Odd,", ",,,", "2", "=");

    private static readonly Gen<(string Name, string Value)> Headers = Gen.OneOf(
        ("x-ms-continuation-token", "7"), ("x-ms-continuation-token", "-7"), ("x-ms-continuation-token", "eyJ9"), ("x-functions-key", "k"), ("Accept", "text/html"),
        ("Accept", "*/*;q=x"), ("Content-Encoding", "gzip"), ("If-Match", "*"), ("Range", "bytes=0-0"), ("X-Forwarded-Host", "evil.example.com"),
        ("Origin", "http://evil.example.com"), ("Cookie", "a=b; =; ;;"), ("Authorization", "Bearer x.y.z"), ("Authorization", "Basic ???"), ("traceparent", "00-x"),
        ("X-HTTP-Method-Override", "DELETE"), ("Content-Language", "x"), ("Upgrade", "websocket"), ("Last-Event-ID", "-1"));

    private static readonly string[] Specs =
    [
        "{}",
        """{"provider":"existing","revision":"default","minReplicas":2,"maxReplicas":5,"discoverySelectors":[{"matchLabels":{"a":"b"}}]}""",
        """
        {"cluster":"default","owner":"team-foo","isolation":"shared","mesh":{"revision":"default","dataPlane":"sidecar"},
         "gateway":{"mode":"injection","minReplicas":2,"maxReplicas":5,"service":{"type":"NodePort","ports":[{"name":"http2","port":80,"targetPort":8080,"nodePort":32180}]}},
         "services":[{"name":"hello","port":8080,"prefix":"/foo/","stable":"v0-0-1"}],"readiness":{"timeout":"10m"}}
        """,
        """
        {"service":"hello","candidate":{"version":"v0-0-2","image":"hello:0.0.2"},"preview":{"header":{"name":"version","value":"v0-0-2"}},
         "steps":[{"preview":{}},{"setWeight":10},{"analyze":{"duration":"1m"}},{"pause":{"duration":"30s"}},{"approve":{"timeout":"30m","onTimeout":"rollback"}},{"setWeight":100}],
         "analysis":{"interval":"10s","failureLimit":1,"minRequests":20,"onNoTraffic":"hold","metrics":[{"name":"success-rate","min":99},{"name":"latency-p99","max":"500ms"}]},
         "windows":[{"days":["Mon","Fri"],"from":"09:00","to":"17:00","timeZone":"Europe/Zurich"}],
         "onNewVersion":"queue","onForeignChange":"repair","deadline":"2h","keepStable":"10m"}
        """,
        """{"by":"me","reason":"because","revision":"v0-0-2"}""",
        """{"by":"me","verb":"approve","expiresIn":"1h"}""",
        """{"by":"me","reason":"because","from":"2026-12-24T12:00","to":"2026-12-27T12:00:00Z","timeZone":"Europe/Zurich"}""",

        // What the app starts its runs with: the management API takes it from anybody who has the key.
        """
        {"Intent":"Onboard","Spec":{"Tenant":"foo","Cluster":"default","Owner":"team-foo","Mesh":{"Revision":"default"},
         "Gateway":{"Mode":"injection","MinReplicas":2,"MaxReplicas":5,"Service":{"Type":"NodePort","Ports":[{"Name":"http2","Port":80,"TargetPort":8080,"NodePort":32280}]}},
         "Services":[{"Name":"hello","Port":8080,"Prefix":"/foo/","Stable":"v0-0-1"}],"Readiness":{"Timeout":"5m"}},"Previous":null}
        """,
        """
        {"Submission":"1","Cluster":"default","Spec":{"Tenant":"foo","Service":"hello","Candidate":{"Version":"v0-0-2","Image":"hello:0.0.2"},
         "Preview":{"Header":{"Name":"version","Value":"v0-0-2"}},"Steps":[{"preview":{}},{"approve":{"Timeout":"1h","OnTimeout":"rollback"}},{"setWeight":100}],
         "OnNewVersion":"reject","OnForeignChange":"repair","Deadline":"2h","KeepStable":"0s"},"At":"2026-11-25T22:22:22Z"}
        """,
        """
        {"Runs":0,"Waiting":{"Submission":"1","Cluster":"default","Spec":{"Tenant":"foo","Service":"hello","Candidate":{"Version":"v0-0-2"}},"At":"2026-11-25T22:22:22Z"}}
        """,
        """{"Spec":{"Cluster":"default"},"Stands":false}""",
        """[1,2.5,"x",null,true,{"a":{"b":{"c":[]}}}]""",
    ];

    private static readonly Gen<string> OddJson = Gen.OneOf(
        "null", "true", "-1", "0", "1e999999", "99999999999999999999", "0.1", "\"\"", "\"x\"", "\"\\ud800\"", "\"\\u0000\"", "\"%s%n\"", "{}", "[]", "[[[]]]", "\"10m\"",
        "\"-5s\"", "\"PT9999999999H\"", "\"../../etc/passwd\"", "\"ü😀\"", $"\"{new string('x', 5000)}\"", "{\"a\":1,\"a\":2}", "\"UPPER_case\"", "2147483648");

    /// <summary>The requests for a host's routes.</summary>
    public static Gen<FuzzRequest> For(IEnumerable<RouteEndpoint> endpoints)
    {
        var routes = Gen.OneOf([.. endpoints.Select(Route)]);
        return
            from route in routes
            from verb in Gen.Frequency((8, Gen.Const(route.Verb)), (1, Verbs))
            from query in Query.Array[0, 3]
            from headers in Headers.Array[0, 2]
            from body in Body
            let target = query.Length == 0 ? route.Path : $"{route.Path}?{string.Join('&', query)}"
            select new FuzzRequest(verb, target, headers, verb is "GET" or "HEAD" or "TRACE" ? null : body);
    }

    private static Gen<(string Verb, string Path)> Route(RouteEndpoint endpoint)
    {
        var segments = endpoint.RoutePattern.PathSegments.Select(Segment).ToArray();
        var verbs = endpoint.Metadata.GetMetadata<IHttpMethodMetadata>()?.HttpMethods ?? ["GET"];
        return
            from verb in Gen.OneOf([.. verbs])
            from parts in All(segments)
            from extra in Gen.Frequency((12, Gen.Const("")), (1, Odd.Select(odd => "/" + odd)), (1, Gen.Const("/")))
            select (verb, "/" + string.Join('/', parts) + extra);
    }

    private static Gen<string> Segment(RoutePatternPathSegment segment) => segment.Parts[0] switch
    {
        RoutePatternParameterPart parameter => Gen.Frequency((5, Gen.OneOf(Values.GetValueOrDefault(parameter.Name, ["x"]))), (1, Odd)),
        RoutePatternLiteralPart literal => Gen.Frequency((30, Gen.Const(literal.Content)), (1, Gen.Const(literal.Content.ToUpperInvariant())), (1, Odd)),
        _ => Odd,
    };

    private static Gen<string[]> All(Gen<string>[] parts) =>
        parts.Aggregate(Gen.Const(Array.Empty<string>()), (all, next) => Gen.Select(all, next, (done, part) => (string[])[.. done, part]));

    private static Gen<string> Query { get; } =
        from parameter in Gen.OneOf(Queries)
        from value in Gen.Frequency((2, Gen.OneOf(parameter.Good)), (1, OddQuery))
        select $"{parameter.Name}={value}";

    private static Gen<byte[]?> Body { get; } = Gen.Frequency<byte[]?>(
        (1, Gen.Const((byte[]?)null)),
        (2, Gen.OneOf(Specs).Select(Encoding.UTF8.GetBytes)),
        (5, Mutated.Select(text => (byte[]?)Encoding.UTF8.GetBytes(text))),
        (2, Gen.Select(Mutated, Gen.Int[0, 4000], Gen.Byte, Gen.Int[0, 2], Damaged)),
        (1, Gen.Byte.Array[0, 200].Select(bytes => (byte[]?)bytes)),
        (1, Gen.Int[1, 90].Select(depth => (byte[]?)Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat("{\"a\":", depth)) + "1" + new string('}', depth)))));

    /// <summary>A spec in which a value is odd, is missing, or has a companion.</summary>
    private static Gen<string> Mutated =>
        from spec in Gen.OneOf(Specs)
        from changes in Gen.Select(Gen.Int[0, 60], Gen.Int[0, 3], OddJson).Array[1, 3]
        select changes.Aggregate(spec, (text, change) => Mutate(text, change.Item1, change.Item2, change.Item3));

    private static string Mutate(string text, int index, int kind, string odd)
    {
        const string Place = "\"here it goes\"";
        var root = JsonNode.Parse(text.Contains("\\ud800", StringComparison.Ordinal) || text.Contains("\"a\":1,\"a\"", StringComparison.Ordinal) ? "{}" : text);
        var nodes = Below(root).ToList();
        var node = nodes.Count == 0 ? null : nodes[index % nodes.Count];
        switch (node?.Parent)
        {
            case JsonObject parent when kind == 0:
                parent.Remove(node.GetPropertyName());
                break;
            case JsonObject parent when kind == 1:
                parent[node.GetPropertyName() + "s"] = JsonValue.Create("here it goes");
                break;
            case JsonObject or JsonArray:
                node.ReplaceWith(JsonValue.Create("here it goes"));
                break;
            default:
                return odd;
        }

        return root!.ToJsonString().Replace(Place, odd, StringComparison.Ordinal);
    }

    private static IEnumerable<JsonNode> Below(JsonNode? node) => node switch
    {
        JsonObject members => members.Select(member => member.Value).OfType<JsonNode>().SelectMany(child => Below(child).Prepend(child)),
        JsonArray items => items.OfType<JsonNode>().SelectMany(child => Below(child).Prepend(child)),
        _ => [],
    };

    private static byte[]? Damaged(string text, int index, byte odd, int kind)
    {
        List<byte> bytes = [.. Encoding.UTF8.GetBytes(text)];
        index %= bytes.Count + 1;
        switch (kind)
        {
            case 0:
                bytes.Insert(index, odd);
                break;
            case 1 when index < bytes.Count:
                bytes.RemoveAt(index);
                break;
            default:
                bytes.RemoveRange(index, bytes.Count - index);
                break;
        }

        return [.. bytes];
    }
}
