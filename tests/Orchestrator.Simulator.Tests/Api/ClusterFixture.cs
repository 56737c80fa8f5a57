using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using k8s;

namespace Orchestrator.Simulator.Tests.Api;

/// <summary>One running cluster for the tests of a class; each test works in a namespace of its own.</summary>
public sealed class ClusterFixture : IAsyncLifetime
{
    private readonly TemporaryDirectory directory = new();
    private int namespaces;

    public SimulatorServer Server { get; private set; } = null!;

    /// <summary>The genuine .NET client.</summary>
    public Kubernetes Client { get; private set; } = null!;

    /// <summary>A plain HTTPS client with the token, for what the genuine one hides.</summary>
    public HttpClient Http { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        Server = await SimulatorServer.StartAsync(new() { DataDirectory = directory.Path });
        Client = ClientOf(Server);
        Http = HttpOf(Server);
    }

    public async Task DisposeAsync()
    {
        Http.Dispose();
        Client.Dispose();
        await Server.DisposeAsync();
        directory.Dispose();
    }

    /// <summary>A new namespace.</summary>
    public string Namespace()
    {
        var name = $"test-{Interlocked.Increment(ref namespaces)}";
        Server.Store.Create(ResourceTypes.Namespace, new() { ["metadata"] = new JsonObject { ["name"] = name } });
        return name;
    }

    public static Kubernetes ClientOf(SimulatorServer server) => new(KubernetesClientConfiguration.BuildConfigFromConfigFile(server.KubeconfigPath));

    public static HttpClient HttpOf(SimulatorServer server) => new(new HttpClientHandler
    {
        // The chain is verified by the genuine clients' tests.
        ServerCertificateCustomValidationCallback = HttpClientHandler.DangerousAcceptAnyServerCertificateValidator,
    })
    {
        BaseAddress = server.ApiUri,
        DefaultRequestHeaders = { Authorization = new("Bearer", server.Token), UserAgent = { new ProductInfoHeaderValue("tests", "1") } },
    };

    /// <summary>Sends a request; answers its code and its body.</summary>
    public async Task<(int Code, JsonNode? Body)> SendAsync(
        HttpMethod method, string path, string? body = null, string mediaType = "application/json", string? accept = null)
    {
        using var request = new HttpRequestMessage(method, path);
        if (body is not null) request.Content = new StringContent(body, Encoding.UTF8, mediaType);
        if (accept is not null) request.Headers.Accept.ParseAdd(accept);
        using var response = await Http.SendAsync(request);
        var text = await response.Content.ReadAsStringAsync();
        return ((int)response.StatusCode, text.Length == 0 ? null : JsonNode.Parse(text));
    }

    /// <summary>Server-side apply of an object given as JSON.</summary>
    public Task<(int Code, JsonNode? Body)> ApplyAsync(string path, string manager, string body, string more = "") =>
        SendAsync(HttpMethod.Patch, $"{path}?fieldManager={manager}{more}", body, "application/apply-patch+yaml");
}
