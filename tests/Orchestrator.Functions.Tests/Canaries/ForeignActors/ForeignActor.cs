using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Orchestrator.Cluster.Kubernetes;
using Orchestrator.Domain.Canaries;
using Orchestrator.TestKit;
using Orchestrator.Tests;
using ResourceType = Orchestrator.Cluster.Kubernetes.ResourceType;

namespace Orchestrator.Functions.Tests.Canaries.ForeignActors;

/// <summary>Somebody with rights of his own, who writes as field manager <c>actor</c>.</summary>
public sealed class ForeignActor : IDisposable
{
    public const string Name = "actor";
    private readonly SimulatedCluster cluster;
    private readonly HttpClient http;

    public ForeignActor(SimulatedCluster cluster)
    {
        this.cluster = cluster;
        http = new(new HttpClientHandler { ServerCertificateCustomValidationCallback = HttpClientHandler.DangerousAcceptAnyServerCertificateValidator })
        {
            BaseAddress = cluster.Server.ApiUri,
        };
        http.DefaultRequestHeaders.Authorization = new("Bearer", cluster.Server.Token);
    }

    /// <summary>Makes an edit in a namespace; the object as it stood before.</summary>
    public async Task EditAsync(string ns, ForeignEdit edit)
    {
        var path = edit.Type.Path(ns, edit.Object);
        var found = await cluster.Resources.GetAsync(edit.Type, ns, edit.Object, default);
        using var request = edit.Edit is null
            ? new HttpRequestMessage(HttpMethod.Delete, path)
            : new(HttpMethod.Patch, $"{path}?fieldManager={Name}")
            {
                Content = new StringContent(edit.Edit(found!).ToJsonString(), Encoding.UTF8, new MediaTypeHeaderValue("application/merge-patch+json")),
            };
        using var response = await http.SendAsync(request);
        Assert.True(response.IsSuccessStatusCode, await response.Content.ReadAsStringAsync());
    }

    public void Dispose() => http.Dispose();
}
