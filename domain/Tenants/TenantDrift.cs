using System.Text.Json;

namespace Orchestrator.Domain.Tenants;

/// <summary>One field of a tenant's objects that is not as its spec says.</summary>
/// <param name="Object">The object, e.g. <c>Deployment foo/gw</c>.</param>
/// <param name="Field">The field, e.g. <c>spec.ports[name=http2].nodePort</c>; empty when the whole object is missing.</param>
/// <param name="Expected">What the spec makes of it.</param>
/// <param name="Actual">What stands there; null when nothing does.</param>
public sealed record DriftedField(string Object, string Field, JsonElement? Expected, JsonElement? Actual);

/// <summary>The answer of <c>GET /api/tenants/{tenant}/drift</c>.</summary>
/// <param name="Tenant">The tenant.</param>
/// <param name="Cluster">Where it lives.</param>
/// <param name="Drifted">Whether anything differs.</param>
/// <param name="Fields">What differs.</param>
public sealed record DriftView(string Tenant, string Cluster, bool Drifted, IReadOnlyList<DriftedField> Fields);
