using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json.Nodes;
using Orchestrator.Simulator.Store;

namespace Orchestrator.Simulator.Controllers;

/// <summary>istiod itself: once its pods are ready it makes its root certificate, signs its webhooks with it and lets the validators
/// refuse.</summary>
internal sealed class ControlPlane(ClusterStore store, TimeProvider time) : Controller
{
    public override IEnumerable<ObjectKey> All() =>
        store.Snapshot(ResourceTypes.Deployment).Objects.Where(IstiodView.IsIstiod).Select(istiod => istiod.Key);

    public override IEnumerable<(ObjectKey Key, TimeSpan After)> Wakes(ClusterEvent change) =>
        change.Type == ResourceTypes.Deployment && IstiodView.IsIstiod(change.Object) ? [(change.Object.Key, TimeSpan.Zero)]
        : change.Type == ResourceTypes.MutatingWebhookConfiguration || change.Type == ResourceTypes.ValidatingWebhookConfiguration
            ? All().Select(key => (key, TimeSpan.Zero))
        : [];

    public override TimeSpan? Reconcile(ObjectKey key)
    {
        if (IstiodView.Find(store, key.Namespace, key.Name) is not { Serves: true } istiod) return null;
        var bundle = Convert.ToBase64String(Encoding.ASCII.GetBytes(istiod.Root ?? MakeRoot(key.Namespace)));
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

    private string MakeRoot(string ns)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("O=cluster.local", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, false, 0, critical: true));
        var now = time.GetUtcNow();
        using var certificate = request.CreateSelfSigned(now.AddMinutes(-1), now.AddYears(10));
        var pem = certificate.ExportCertificatePem() + "\n";
        store.Create(ResourceTypes.Secret, new()
        {
            ["metadata"] = new JsonObject { ["name"] = IstiodView.CaSecret, ["namespace"] = ns },
            ["type"] = "istio.io/ca-root",
            ["data"] = new JsonObject
            {
                [IstiodView.CaCertificate] = Convert.ToBase64String(Encoding.ASCII.GetBytes(pem)),
                ["ca-key.pem"] = Convert.ToBase64String(Encoding.ASCII.GetBytes(key.ExportPkcs8PrivateKeyPem())),
            },
        });
        return pem;
    }
}
