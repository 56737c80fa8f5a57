using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Orchestrator.Simulator.Control;

namespace Orchestrator.Simulator.Api;

/// <summary>The REST calls that steer the simulation itself, below <c>/simulator</c>, with the same token as the API.</summary>
internal static class SimulatorControl
{
    /// <summary>How bodies are read, strictly, and written.</summary>
    public static readonly JsonSerializerOptions Wire = new(JsonSerializerDefaults.Web)
    {
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) },
    };

    /// <summary>Every call below <c>/simulator</c>.</summary>
    public static void MapSimulatorControl(this IEndpointRouteBuilder endpoints, Faults faults, World world)
    {
        var group = endpoints.MapGroup("/simulator");
        group.MapFaults(faults);
        group.MapWorkloadFaults(faults);
        group.MapTraffic(world);
    }

    private static void MapFaults(this RouteGroupBuilder group, Faults faults)
    {
        group.MapGet("/faults", (HttpContext http) => http.Response.WriteAsJsonAsync(new
        {
            Versions = faults.Versions.Select(entry =>
                new { entry.Key.Namespace, entry.Key.App, entry.Key.Version, entry.Value.ErrorRate, entry.Value.LatencyMs }),
            Deployments = faults.Deployments.Select(entry => new { entry.Key.Namespace, entry.Key.Name, entry.Value.NeverReady }),
            Api = faults.Api.Select(entry => new
            {
                entry.Key.Verb,
                entry.Key.Plural,
                entry.Value.Status,
                entry.Value.RetryAfterSeconds,
                entry.Value.Count,
                entry.Value.Probability,
                entry.Value.Effect,
                entry.Value.DelayMs,
                entry.Value.Behind,
                entry.Value.Manager,
                entry.Key.Namespace,
                entry.Key.Name,
                entry.Value.Skip,
            }),
        }, Wire));
        group.MapDelete("/faults", (HttpContext http) =>
        {
            faults.Clear();
            return KeepAsync(http);
        });
        group.MapPut("/faults/api/{verb}/{plural}", async (HttpContext http, string verb, string plural, string? @namespace, string? name) =>
        {
            var fault = await ReadAsync<ApiFault>(http);
            Check(fault);
            if (plural != "*" && ResourceTypes.All.All(type => type.Plural != plural))
                throw KubeException.BadRequest($"no resource \"{plural}\" is served: name a plural, such as pods, or * for all");
            faults.Api[new(verb, plural, @namespace, name)] = fault;
            await KeepAsync(http);
        });
        group.MapDelete("/faults/api/{verb}/{plural}", (HttpContext http, string verb, string plural, string? @namespace, string? name) =>
        {
            faults.Api.TryRemove(new(verb, plural, @namespace, name), out _);
            return KeepAsync(http);
        });
    }

    private static void Check(ApiFault fault)
    {
        if (fault.Effect == ApiFaultEffect.Refuse && fault.Status is not (409 or 429 or 500 or 503 or 504))
            throw KubeException.BadRequest($"status {fault.Status} cannot be simulated: it is 409, 429, 500, 503 or 504");
        if (fault.Probability is < 0 or > 1) throw KubeException.BadRequest($"probability {fault.Probability} is not between 0 and 1");
        if (fault.Count is < 1) throw KubeException.BadRequest($"count {fault.Count} is not at least 1: leave it out for a fault that stays");
        if (fault.Skip < 0) throw KubeException.BadRequest($"skip {fault.Skip} is below 0");
        if (fault.RetryAfterSeconds is < 0) throw KubeException.BadRequest($"retryAfterSeconds {fault.RetryAfterSeconds} is below 0");
        if (fault.DelayMs < 0) throw KubeException.BadRequest($"delayMs {fault.DelayMs} is below 0");
        if (fault.Behind < 1) throw KubeException.BadRequest($"behind {fault.Behind} is not at least 1");
        if (fault.Manager.Length == 0) throw KubeException.BadRequest("manager is empty: leave it out for " + ApiFault.Stranger);
    }

    /// <summary>Reads a body strictly.</summary>
    /// <exception cref="KubeException">400 when it is not of that form.</exception>
    public static async Task<T> ReadAsync<T>(HttpContext http)
    {
        try
        {
            return await JsonSerializer.DeserializeAsync<T>(http.Request.Body, Wire, http.RequestAborted)
                ?? throw KubeException.BadRequest("the body of the request must not be null");
        }
        catch (JsonException unreadable)
        {
            throw KubeException.BadRequest($"couldn't read the body of the request: {unreadable.Message}");
        }
    }

    /// <summary>Answers 204 once the change would outlive the process.</summary>
    public static Task KeepAsync(HttpContext http)
    {
        http.RequestServices.GetRequiredService<Scenario>().Keep();
        http.Response.StatusCode = StatusCodes.Status204NoContent;
        return Task.CompletedTask;
    }
}
