using Microsoft.Azure.Functions.Worker;

namespace Orchestrator.Durable.Engine.Triggers;

/// <summary>
/// Which key a caller of an endpoint needs: metadata of every endpoint that this folder maps. Checking keys belongs into one middleware
/// that reads it.
/// </summary>
/// <param name="Level">The level of the key.</param>
/// <param name="Function">The function, whose own keys open it too; <c>null</c> for endpoints of the host.</param>
public sealed record KeyRequirement(AuthorizationLevel Level, string? Function);
