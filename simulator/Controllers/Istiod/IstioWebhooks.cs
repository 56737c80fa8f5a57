using System.Text.Json.Nodes;

namespace Orchestrator.Simulator.Controllers;

/// <summary>The webhook configurations of a control plane, without the certificate that istiod adds once it serves.</summary>
/// <remarks>Selectors as in Istio's chart, <c>istio-discovery/templates/mutatingwebhook.yaml</c>.</remarks>
internal static class IstioWebhooks
{
    private const string Inject = "sidecar.istio.io/inject";
    private const string InjectNamespace = "istio-injection";

    /// <summary>Namespaces and pods that name the revision; for the default one also those with <c>istio-injection</c> and willing pods.</summary>
    public static JsonObject Injector(string service, string ns, string revision)
    {
        var webhooks = new JsonArray(
            Webhook("rev.namespace", [In(Istio.RevisionLabel, revision), Absent(InjectNamespace)], [NotIn(Inject, "false")]),
            Webhook("rev.object", [Absent(Istio.RevisionLabel), Absent(InjectNamespace)],
                [NotIn(Inject, "false"), In(Istio.RevisionLabel, revision)]));
        if (revision == Istio.DefaultRevision)
        {
            webhooks.Add(Webhook("namespace", [In(InjectNamespace, "enabled")], [NotIn(Inject, "false")]));
            webhooks.Add(Webhook("object", [Absent(InjectNamespace), Absent(Istio.RevisionLabel)],
                [In(Inject, "true"), Absent(Istio.RevisionLabel)]));
        }

        var suffix = (revision == Istio.DefaultRevision ? "" : $"-{revision}") + (ns == Istio.SystemNamespace ? "" : $"-{ns}");
        return New($"istio-sidecar-injector{suffix}", "sidecar-injector", revision, webhooks);

        JsonNode Webhook(string name, JsonNode[] namespaces, JsonNode[] objects) => new JsonObject
        {
            ["name"] = $"{name}.sidecar-injector.istio.io",
            ["clientConfig"] = Client(service, ns, "/inject"),
            ["sideEffects"] = "None",
            ["admissionReviewVersions"] = new JsonArray("v1"),
            ["failurePolicy"] = "Fail",
            ["rules"] = Rules([""], ["v1"], ["pods"], "CREATE"),
            ["namespaceSelector"] = new JsonObject { ["matchExpressions"] = new JsonArray(namespaces) },
            ["objectSelector"] = new JsonObject { ["matchExpressions"] = new JsonArray(objects) },
        };
    }

    /// <summary>They let everything pass until istiod serves: it sets <c>failurePolicy</c> to <c>Fail</c> then.</summary>
    public static IEnumerable<JsonObject> Validators(string service, string ns, string revision)
    {
        yield return Validator($"istio-validator{(revision == Istio.DefaultRevision ? "" : $"-{revision}")}-{ns}", "rev.validation.istio.io",
            In(Istio.RevisionLabel, revision));
        if (revision == Istio.DefaultRevision) yield return Validator("istiod-default-validator", "validation.istio.io", Absent(Istio.RevisionLabel));

        JsonObject Validator(string name, string webhook, JsonNode objects) => New(name, "istiod", revision, new JsonArray(new JsonObject
        {
            ["name"] = webhook,
            ["clientConfig"] = Client(service, ns, "/validate"),
            ["sideEffects"] = "None",
            ["admissionReviewVersions"] = new JsonArray("v1"),
            ["failurePolicy"] = "Ignore",
            ["rules"] = Rules(["security.istio.io", "networking.istio.io", "telemetry.istio.io", "extensions.istio.io"], ["*"], ["*"],
                "CREATE", "UPDATE"),
            ["objectSelector"] = new JsonObject { ["matchExpressions"] = new JsonArray(objects) },
        }));
    }

    private static JsonObject New(string name, string app, string revision, JsonArray webhooks) => new()
    {
        ["metadata"] = new JsonObject
        {
            ["name"] = name,
            ["labels"] = new JsonObject { ["app"] = app, [Istio.RevisionLabel] = revision },
        },
        ["webhooks"] = webhooks,
    };

    private static JsonObject Client(string service, string ns, string path) => new()
    {
        ["service"] = new JsonObject { ["name"] = service, ["namespace"] = ns, ["path"] = path, ["port"] = 443 },
    };

    private static JsonArray Rules(string[] groups, string[] versions, string[] resources, params string[] operations) =>
    [
        new JsonObject
        {
            ["operations"] = Texts(operations), ["apiGroups"] = Texts(groups), ["apiVersions"] = Texts(versions), ["resources"] = Texts(resources),
        },
    ];

    private static JsonArray Texts(string[] texts) => new([.. texts.Select(text => JsonValue.Create(text))]);

    private static JsonNode In(string label, string value) => Expression(label, "In", value);

    private static JsonNode NotIn(string label, string value) => Expression(label, "NotIn", value);

    private static JsonNode Absent(string label) => new JsonObject { ["key"] = label, ["operator"] = "DoesNotExist" };

    private static JsonNode Expression(string label, string comparison, string value) =>
        new JsonObject { ["key"] = label, ["operator"] = comparison, ["values"] = new JsonArray(value) };
}
