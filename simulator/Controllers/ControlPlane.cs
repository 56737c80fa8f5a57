using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json.Nodes;
using Orchestrator.Simulator.Store;

namespace Orchestrator.Simulator.Controllers;

/// <summary>istiod itself: once its pods are ready it makes its root certificate, signs its webhooks with it and lets the validators refuse.</summary>
internal sealed class ControlPlane(ClusterStore store, TimeProvider time) : Controller
{
    private const string CaSecret = "istio-ca-secret";
    private const string CaCertificate = "ca-cert.pem";

    /// <summary>The environment variable that makes a Gateway count in its own namespace alone.</summary>
    private const string ScopeGateways = "PILOT_SCOPE_GATEWAY_TO_NAMESPACE";

    public override IEnumerable<ObjectKey> All() => Deployments(store).Select(istiod => istiod.Key);

    public override IEnumerable<(ObjectKey Key, TimeSpan After)> Wakes(ClusterEvent change) =>
        change.Type == ResourceTypes.Deployment && IsIstiod(change.Object) ? [(change.Object.Key, TimeSpan.Zero)]
        : change.Type == ResourceTypes.MutatingWebhookConfiguration || change.Type == ResourceTypes.ValidatingWebhookConfiguration
            ? All().Select(key => (key, TimeSpan.Zero))
        : [];

    public override TimeSpan? Reconcile(ObjectKey key)
    {
        if (store.Find(ResourceTypes.Deployment, key.Namespace, key.Name) is not { } istiod || !Serves(istiod)) return null;
        var bundle = Convert.ToBase64String(Encoding.ASCII.GetBytes(RootCertificate(key.Namespace)));
        foreach (var type in new[] { ResourceTypes.MutatingWebhookConfiguration, ResourceTypes.ValidatingWebhookConfiguration })
            foreach (var configuration in store.List(type))
            {
                foreach (var webhook in (configuration["webhooks"] as JsonArray ?? []).OfType<JsonObject>())
                {
                    if (webhook["clientConfig"] is not JsonObject client
                        || client.At("service", "name").AsText() != key.Name || client.At("service", "namespace").AsText() != key.Namespace) continue;
                    client["caBundle"] = bundle;
                    webhook["failurePolicy"] = "Fail";
                }

                store.Update(type, configuration);
            }

        return null;
    }

    /// <summary>Whether any control plane has a ready replica: only then are proxies configured.</summary>
    public static bool AnyServes(ClusterStore store) => Deployments(store).Any(Serves);

    /// <summary>Whether a Gateway counts in its own namespace alone.</summary>
    public static bool ScopesGatewaysToNamespace(ClusterStore store) => Deployments(store).Any(istiod =>
        (istiod.At("spec", "template", "spec", "containers") as JsonArray ?? [])
            .SelectMany(container => container?["env"] as JsonArray ?? [])
            .Any(variable => variable?["name"].AsText() == ScopeGateways && variable["value"].AsText() == "true"));

    /// <summary>The root certificate proxies verify istiod with, made at the first call and kept in a Secret; null while no control plane serves.</summary>
    public static string? ServingRoot(ClusterStore store) => Deployments(store).FirstOrDefault(Serves) is { } istiod
        ? Certificate(store.Find(ResourceTypes.Secret, istiod.Namespace, CaSecret)) : null;

    public static bool IsIstiod(JsonObject deployment) => deployment.Labels?["app"].AsText() == "istiod";

    private static IEnumerable<JsonObject> Deployments(ClusterStore store) => store.Snapshot(ResourceTypes.Deployment).Objects.Where(IsIstiod);

    private static bool Serves(JsonObject istiod) => istiod.At("status", "readyReplicas").AsNumber() > 0;

    private static string? Certificate(JsonObject? secret) =>
        secret.At("data", CaCertificate).AsText() is { } data ? Encoding.ASCII.GetString(Convert.FromBase64String(data)) : null;

    private string RootCertificate(string ns)
    {
        if (Certificate(store.Find(ResourceTypes.Secret, ns, CaSecret)) is { } known) return known;
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("O=cluster.local", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, false, 0, critical: true));
        var now = time.GetUtcNow();
        using var certificate = request.CreateSelfSigned(now.AddMinutes(-1), now.AddYears(10));
        var pem = certificate.ExportCertificatePem() + "\n";
        store.Create(ResourceTypes.Secret, new()
        {
            ["metadata"] = new JsonObject { ["name"] = CaSecret, ["namespace"] = ns },
            ["type"] = "istio.io/ca-root",
            ["data"] = new JsonObject
            {
                [CaCertificate] = Convert.ToBase64String(Encoding.ASCII.GetBytes(pem)),
                ["ca-key.pem"] = Convert.ToBase64String(Encoding.ASCII.GetBytes(key.ExportPkcs8PrivateKeyPem())),
            },
        });
        return pem;
    }
}
