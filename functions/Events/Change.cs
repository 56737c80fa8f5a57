using System.Text.Json;
using Microsoft.DurableTask.Client;
using Orchestrator.Activities.Events;
using Orchestrator.Domain.Canaries;
using Orchestrator.Functions.Canaries;
using Orchestrator.Functions.Http;
using Orchestrator.Functions.Meshes;
using Orchestrator.Functions.Tenants;

namespace Orchestrator.Functions.Events;

/// <summary>How a mesh, tenant or canary stands after it went on.</summary>
/// <param name="Kind"><c>mesh</c>, <c>tenant</c> or <c>canary</c>.</param>
/// <param name="Subject">Which one, as in the path of the API.</param>
/// <param name="Position">Where it stands among all changes.</param>
/// <param name="View">What the API shows of it.</param>
internal sealed record Change(string Kind, string Subject, EventPosition Position, JsonElement View)
{
    /// <summary>The source of every event about a change.</summary>
    private const string Source = "/orchestrator/instances";

    /// <summary>What an instance that was read with its payloads shows; null when that is nothing.</summary>
    public static Change? From(OrchestrationMetadata instance)
    {
        var position = new EventPosition(instance.LastUpdatedAt, instance.InstanceId);
        if (MeshRecord.From(instance)?.View is { } mesh)
        {
            return new("mesh", $"meshes/{mesh.Cluster}", position, Json(mesh));
        }

        if (TenantRecord.From(instance)?.View is { } tenant)
        {
            return new("tenant", $"tenants/{tenant.Tenant}", position, Json(tenant));
        }

        // An instance that another one was started under tells of nobody but whom its id names.
        return CanaryRuns.Told(instance) is { } canary && $"{instance.InstanceId}.".StartsWith($"{CanaryNames.Supervisor(canary.Tenant, canary.Service)}.", StringComparison.Ordinal)
            ? new("canary", $"tenants/{canary.Tenant}/canaries/{canary.Service}", position, Json(canary))
            : null;
    }

    /// <summary>The change as a CloudEvent.</summary>
    public OutgoingEvent ToEvent() => new($"{Position}", Source, $"orchestrator.{Kind}.changed", Subject, Position.At.UtcDateTime, View);

    private static JsonElement Json<T>(T view) => JsonSerializer.SerializeToElement(view, Answers.Json);
}
