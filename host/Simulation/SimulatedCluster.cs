using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Orchestrator.Host.Api;
using Orchestrator.Host.Input;
using YamlDotNet.Core;

namespace Orchestrator.Host.Simulation;

/// <summary>The API of a simulated cluster, reached and trusted as its kubeconfig says.</summary>
internal sealed class SimulatedCluster : IDisposable
{
    private const string FieldManager = "orc";

    private readonly HttpClient http;

    private SimulatedCluster(Uri server, string token, X509Certificate2 authority)
    {
        var handler = new SocketsHttpHandler
        {
            SslOptions = new SslClientAuthenticationOptions
            {
                CertificateChainPolicy = new X509ChainPolicy
                {
                    TrustMode = X509ChainTrustMode.CustomRootTrust,
                    CustomTrustStore = { authority },
                    RevocationMode = X509RevocationMode.NoCheck,
                },
            },
        };
        http = new HttpClient(handler) { BaseAddress = server, Timeout = TimeSpan.FromSeconds(10) };
        http.DefaultRequestHeaders.Authorization = new("Bearer", token);
    }

    /// <summary>The loopback address of its API and of every nodePort.</summary>
    public string Address => http.BaseAddress!.Host;

    /// <summary>Where the API listens.</summary>
    public Uri Server => http.BaseAddress!;

    /// <summary>The kubeconfig that a simulated cluster keeps in its data directory.</summary>
    public static string KubeconfigPath(string dataDirectory) => Path.Combine(dataDirectory, "kubeconfig");

    /// <summary>Connects to the cluster whose state is in a data directory.</summary>
    /// <exception cref="InputException">There is no usable kubeconfig in it.</exception>
    public static SimulatedCluster Open(string dataDirectory)
    {
        var path = KubeconfigPath(dataDirectory);
        try
        {
            var kubeconfig = SpecFile.Parse(File.ReadAllText(path));
            var cluster = kubeconfig["clusters"]![0]!["cluster"]!;
            return new(
                new Uri((string)cluster["server"]!),
                (string)kubeconfig["users"]![0]!["user"]!["token"]!,
                X509Certificate2.CreateFromPem(Encoding.ASCII.GetString(Convert.FromBase64String((string)cluster["certificate-authority-data"]!))));
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new InputException($"{path} is not there. Start './orc dev' or './orc simulate serve' first, or name their folder with --data.");
        }
        catch (Exception e) when (
            e is YamlException or NullReferenceException or ArgumentException or FormatException or InvalidOperationException or CryptographicException)
        {
            throw new InputException($"{path} is no kubeconfig of a simulated cluster: {e.Message}");
        }
    }

    /// <summary>Whether the API answers now.</summary>
    public async Task<bool> AnswersAsync(CancellationToken cancellationToken)
    {
        try
        {
            using var response = await http.GetAsync("/version", cancellationToken);
            return response.IsSuccessStatusCode;
        }
        catch (Exception e) when (e is HttpRequestException or TaskCanceledException && !cancellationToken.IsCancellationRequested)
        {
            return false;
        }
    }

    /// <summary>Sends a request and reads the JSON answer, if there is one.</summary>
    /// <param name="method">The HTTP verb.</param>
    /// <param name="path">Path and query, escaped.</param>
    /// <param name="body">What is sent.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <param name="contentType">As what it is sent.</param>
    /// <exception cref="ApiException">The cluster refused.</exception>
    public async Task<JsonNode?> SendAsync(
        HttpMethod method, string path, JsonNode? body, CancellationToken cancellationToken, string contentType = "application/json")
    {
        using var request = new HttpRequestMessage(method, path);
        if (body is not null)
        {
            request.Content = new StringContent(body.ToJsonString(), Encoding.UTF8, contentType);
        }

        using var response = await http.SendAsync(request, cancellationToken);
        var text = await response.Content.ReadAsStringAsync(cancellationToken);
        if (!response.IsSuccessStatusCode)
        {
            throw new ApiException(response.StatusCode, new($"The simulated cluster answered {(int)response.StatusCode} {response.StatusCode}.", Message(text), []));
        }

        return string.IsNullOrWhiteSpace(text) ? null : JsonNode.Parse(text);
    }

    /// <summary>Creates or updates an object by server-side apply.</summary>
    /// <param name="plural">The kind's path below the API server, e.g. <c>apis/apps/v1</c>, and its plural.</param>
    /// <param name="manifest">The object, with its name and namespace.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public Task<JsonNode?> ApplyAsync((string Api, string Plural) plural, JsonObject manifest, CancellationToken cancellationToken)
    {
        var metadata = manifest["metadata"]!;
        var path = $"/{plural.Api}/namespaces/{(string)metadata["namespace"]!}/{plural.Plural}/{(string)metadata["name"]!}";
        return SendAsync(HttpMethod.Patch, $"{path}?fieldManager={FieldManager}&force=true", manifest, cancellationToken, "application/apply-patch+yaml");
    }

    public void Dispose() => http.Dispose();

    /// <summary>The message of a Kubernetes Status or of a problem document.</summary>
    private static string Message(string body)
    {
        try
        {
            return JsonNode.Parse(body) is JsonObject answer && (answer["message"] ?? answer["detail"]) is JsonValue message ? message.ToString() : body;
        }
        catch (JsonException)
        {
            return body;
        }
    }
}
