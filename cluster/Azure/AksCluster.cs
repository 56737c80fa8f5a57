using System.Text.Json.Nodes;
using Azure.Core;
using Azure.Core.Pipeline;
using k8s;
using k8s.KubeConfigModels;
using Orchestrator.Cluster.Kubernetes;

namespace Orchestrator.Cluster.Azure;

/// <summary>An AKS cluster, found by its ARM id: where its API server is, what certificate it has, and tokens of Entra ID to call it with.</summary>
public sealed class AksCluster
{
    private const string Management = "https://management.azure.com";

    /// <summary>Of 2025-10; https://learn.microsoft.com/rest/api/aks/managedclusters/listclusterusercredentials.</summary>
    private const string ApiVersion = "2025-10-01";

    private readonly ResourceIdentifier id;
    private readonly EntraTokens tokens;
    private readonly HttpPipeline arm;

    /// <summary>The cluster of an id; nothing is asked yet.</summary>
    /// <param name="name">The name it is configured under.</param>
    /// <param name="resourceId">Its ARM id, the setting <c>AksResourceId</c>.</param>
    /// <param name="credential">Who asks.</param>
    /// <param name="time">The clock.</param>
    /// <param name="transport">How ARM is reached; default is HTTP.</param>
    /// <exception cref="InvalidOperationException">The id is not that of an AKS cluster; the message names the setting.</exception>
    public AksCluster(string name, string? resourceId, TokenCredential credential, TimeProvider time, HttpPipelineTransport? transport = null)
    {
        id = Parse(name, resourceId);
        tokens = new(credential, time);
        var options = new ArmOptions();
        options.Transport = transport ?? options.Transport;
        arm = HttpPipelineBuilder.Build(options, new BearerTokenAuthenticationPolicy(credential, $"{Management}/.default"));
    }

    /// <summary>Asks ARM for the server and its certificate.</summary>
    /// <exception cref="ResourceException">ARM refused; the message is its own.</exception>
    /// <exception cref="InvalidOperationException">The cluster does not accept tokens of Entra ID.</exception>
    public async Task<KubernetesClientConfiguration> ConfigureAsync(CancellationToken cancellationToken)
    {
        using var message = arm.CreateMessage();
        message.Request.Method = RequestMethod.Post;
        message.Request.Uri.Reset(new($"{Management}{id}/listClusterUserCredential?api-version={ApiVersion}&format=exec"));
        await arm.SendAsync(message, cancellationToken);
        var answer = message.Response.Content.ToMemory() is { IsEmpty: false } body && IsJson(message.Response) ? JsonNode.Parse(body.Span) : null;
        if (message.Response.IsError)
        {
            var error = new JsonObject { ["reason"] = answer.Text("error", "code"), ["message"] = answer.Text("error", "message") };
            throw new ResourceException($"POST {id}/listClusterUserCredential", (System.Net.HttpStatusCode)message.Response.Status, error);
        }

        var kubeconfig = answer.Items("kubeconfigs").FirstOrDefault().Text("value")
            ?? throw new InvalidOperationException(
                $"ARM listed no kubeconfig for {id}: the identity needs the role 'Azure Kubernetes Service Cluster User Role' on it.");
        using var stream = new MemoryStream(Convert.FromBase64String(kubeconfig));
        return Configure(await KubernetesClientConfiguration.LoadKubeConfigAsync(stream));
    }

    private KubernetesClientConfiguration Configure(K8SConfiguration kubeconfig)
    {
        if (kubeconfig.Users.Any(user => user.UserCredentials.ClientCertificateData is not null))
        {
            throw new InvalidOperationException(
                $"{id} does not accept tokens of Entra ID: run `az aks update --enable-aad` on it, "
                + "or use Kind=Kubeconfig with the file of `az aks get-credentials`.");
        }

        // The user of this file runs kubelogin; the server and its certificate are all that is wanted.
        var configuration = KubernetesClientConfiguration.BuildConfigFromConfigObject(new()
        {
            CurrentContext = kubeconfig.CurrentContext,
            Contexts = kubeconfig.Contexts.Select(
                context => new Context { Name = context.Name, ContextDetails = new() { Cluster = context.ContextDetails.Cluster } }),
            Clusters = kubeconfig.Clusters,
        });
        configuration.TokenProvider = tokens;
        return configuration;
    }

    private static bool IsJson(global::Azure.Response response) =>
        response.Headers.ContentType?.Contains("json", StringComparison.OrdinalIgnoreCase) == true;

    private static ResourceIdentifier Parse(string name, string? resourceId) =>
        ResourceIdentifier.TryParse(resourceId, out var id) && id is not null
            && string.Equals(id.ResourceType.ToString(), "Microsoft.ContainerService/managedClusters", StringComparison.OrdinalIgnoreCase)
            ? id
            : throw new InvalidOperationException(
                $"Orchestrator__Clusters__{name}__AksResourceId is '{resourceId}'. Expected /subscriptions/ID/resourceGroups/GROUP/providers/"
                + "Microsoft.ContainerService/managedClusters/NAME, which `az aks show --query id` prints.");

    private sealed class ArmOptions : ClientOptions;
}
