using System.Net;
using System.Text.Json;
using Microsoft.Azure.Functions.Worker.Http;
using Microsoft.DurableTask.Client;

namespace Microsoft.Azure.Functions.Worker;

/// <summary>Tells callers of HTTP functions where they watch and steer an instance.</summary>
public static class DurableTaskClientExtensions
{
    private const string BasePath = "/runtime/webhooks/durabletask";

    // What names the hub, its store and the key is needed by the calls that follow.
    private static readonly string[] Common = ["taskHub", "connection", "code"];

    /// <summary>202 with the address of an instance's status as <c>Location</c> and its <see cref="HttpManagementPayload"/> as body.</summary>
    /// <param name="client">The client that started the instance.</param>
    /// <param name="request">The request to answer.</param>
    /// <param name="instanceId">The instance.</param>
    /// <param name="cancellation">Ends the writing.</param>
    public static Task<HttpResponseData> CreateCheckStatusResponseAsync(
        this DurableTaskClient client, HttpRequestData request, string instanceId, CancellationToken cancellation = default) =>
        client.CreateCheckStatusResponseAsync(request, instanceId, HttpStatusCode.Accepted, cancellation);

    /// <summary>The same with a status of one's own.</summary>
    /// <param name="client">The client that started the instance.</param>
    /// <param name="request">The request to answer.</param>
    /// <param name="instanceId">The instance.</param>
    /// <param name="statusCode">The status.</param>
    /// <param name="cancellation">Ends the writing.</param>
    public static async Task<HttpResponseData> CreateCheckStatusResponseAsync(
        this DurableTaskClient client,
        HttpRequestData request,
        string instanceId,
        HttpStatusCode statusCode,
        CancellationToken cancellation = default)
    {
        var (response, payload) = Begin(client, request, instanceId, statusCode);
        await JsonSerializer.SerializeAsync(response.Body, payload, HttpResponseDataExtensions.WorkerJson, cancellation);
        return response;
    }

    /// <summary>
    /// As <see cref="CreateCheckStatusResponseAsync(DurableTaskClient, HttpRequestData, string, CancellationToken)"/>, for servers that allow
    /// synchronous writing.
    /// </summary>
    /// <param name="client">The client that started the instance.</param>
    /// <param name="request">The request to answer.</param>
    /// <param name="instanceId">The instance.</param>
    /// <param name="cancellation">Not used.</param>
    public static HttpResponseData CreateCheckStatusResponse(
        this DurableTaskClient client, HttpRequestData request, string instanceId, CancellationToken cancellation = default) =>
        client.CreateCheckStatusResponse(request, instanceId, HttpStatusCode.Accepted, cancellation);

    /// <summary>The same with a status of one's own.</summary>
    /// <param name="client">The client that started the instance.</param>
    /// <param name="request">The request to answer.</param>
    /// <param name="instanceId">The instance.</param>
    /// <param name="statusCode">The status.</param>
    /// <param name="cancellation">Not used.</param>
    /// <exception cref="InvalidOperationException">The server does not allow synchronous writing, as Kestrel by default.</exception>
    public static HttpResponseData CreateCheckStatusResponse(
        this DurableTaskClient client,
        HttpRequestData request,
        string instanceId,
        HttpStatusCode statusCode,
        CancellationToken cancellation = default)
    {
        cancellation.ThrowIfCancellationRequested();
        var (response, payload) = Begin(client, request, instanceId, statusCode);
        JsonSerializer.Serialize(response.Body, payload, HttpResponseDataExtensions.WorkerJson);
        return response;
    }

    /// <summary>Where a caller watches and steers an instance.</summary>
    /// <param name="client">The client that started the instance.</param>
    /// <param name="instanceId">The instance.</param>
    /// <param name="request">The request whose scheme and host the addresses have, and whose <c>taskHub</c>, <c>connection</c> and <c>code</c>.</param>
    /// <exception cref="ArgumentException">The id is empty.</exception>
    /// <exception cref="InvalidOperationException">There is no request: the embedded host does not know by which name callers reach it.</exception>
    public static HttpManagementPayload CreateHttpManagementPayload(
        this DurableTaskClient client, string instanceId, HttpRequestData? request = null)
    {
        ArgumentNullException.ThrowIfNull(client);
        ArgumentException.ThrowIfNullOrEmpty(instanceId);
        if (request is null)
        {
            throw new InvalidOperationException("The addresses of an instance need a request: give the one that is being answered.");
        }

        var instance = $"{request.Url.GetLeftPart(UriPartial.Authority)}{BasePath}/instances/{Uri.EscapeDataString(instanceId)}";
        var common = string.Join('&', Common
            .Where(name => request.Query[name] is { Length: > 0 })
            .Select(name => $"{name}={Uri.EscapeDataString(request.Query[name]!)}"));
        var query = common.Length == 0 ? "" : "?" + common;
        return new()
        {
            Id = instanceId,
            StatusQueryGetUri = instance + query,
            SendEventPostUri = $"{instance}/raiseEvent/{{eventName}}{query}",
            TerminatePostUri = Reasoned("terminate"),
            PurgeHistoryDeleteUri = instance + query,
            SuspendPostUri = Reasoned("suspend"),
            ResumePostUri = Reasoned("resume"),
        };

        string Reasoned(string verb) => $"{instance}/{verb}?reason={{{{text}}}}{(common.Length == 0 ? "" : "&" + common)}";
    }

    private static (HttpResponseData Response, HttpManagementPayload Payload) Begin(
        DurableTaskClient client, HttpRequestData request, string instanceId, HttpStatusCode statusCode)
    {
        ArgumentNullException.ThrowIfNull(request);
        var payload = client.CreateHttpManagementPayload(instanceId, request);
        var response = request.CreateResponse(statusCode);
        response.Headers.Add("Location", payload.StatusQueryGetUri);
        response.Headers.Add("Content-Type", "application/json");
        return (response, payload);
    }
}
