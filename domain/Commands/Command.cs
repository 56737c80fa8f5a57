using System.Text.Json.Serialization;
using Orchestrator.Domain.Canaries;
using Orchestrator.Domain.Meshes;
using Orchestrator.Domain.Tenants;

namespace Orchestrator.Domain.Commands;

/// <summary>What a message of the command queue asks for; always valid.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "command")]
[JsonDerivedType(typeof(EnsureMesh), "ensureMesh")]
[JsonDerivedType(typeof(OnboardTenant), "onboardTenant")]
[JsonDerivedType(typeof(OffboardTenant), "offboardTenant")]
[JsonDerivedType(typeof(RepairTenant), "repairTenant")]
[JsonDerivedType(typeof(StartCanary), "startCanary")]
[JsonDerivedType(typeof(DecideOnCanary), "decideOnCanary")]
public abstract record Command
{
    public sealed record EnsureMesh(MeshSpec Spec) : Command;

    public sealed record OnboardTenant(TenantSpec Spec) : Command;

    public sealed record OffboardTenant(string Tenant) : Command;

    public sealed record RepairTenant(string Tenant) : Command;

    public sealed record StartCanary(CanarySpec Spec) : Command;

    public sealed record DecideOnCanary(string Tenant, string Service, CanaryDecision Decision) : Command;
}

/// <summary>The input of a command's run.</summary>
/// <param name="Source">Who sent it; with <paramref name="Id"/> it tells the command from every other.</param>
/// <param name="Id">The sender's name for it.</param>
/// <param name="Type">What it is, as the sender wrote it.</param>
/// <param name="Subject">What it is about, as the sender wrote it.</param>
/// <param name="Command">What it asks for.</param>
/// <param name="IsInner">Whether a run of ours sent it, which waits for its end itself: then no event tells of it.</param>
public sealed record CommandStart(string Source, string Id, string Type, string? Subject, Command Command, bool IsInner = false);

/// <summary>How the run ended that a command began: the event <see cref="EventName"/> of the command's instance.</summary>
/// <param name="Phase">The phase that the run ended in.</param>
/// <param name="Reason">Why, for people.</param>
public sealed record CommandEnd(string Phase, string? Reason)
{
    /// <summary>The name of the event.</summary>
    public const string EventName = "ended";
}
