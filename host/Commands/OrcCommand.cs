using System.CommandLine;
using Orchestrator.Domain.Canaries;
using Orchestrator.Host.Commands.Canaries;
using Orchestrator.Host.Commands.Freezes;
using Orchestrator.Host.Commands.Instances;
using Orchestrator.Host.Commands.Keys;
using Orchestrator.Host.Commands.Meshes;
using Orchestrator.Host.Commands.Simulate;
using Orchestrator.Host.Commands.Tenants;
using Orchestrator.Host.Commands.Windows;

namespace Orchestrator.Host.Commands;

/// <summary>The command line of <c>orc</c>.</summary>
internal static class OrcCommand
{
    public static RootCommand Create() => new("Onboards tenants on a shared Istio mesh and promotes canaries, durably.")
    {
        new RunDev(),
        new RunServe(),
        new RunDemo(),
        new Command("tenants", "Onboard, show and take away tenants")
        {
            new OnboardTenant(),
            new ListTenants(),
            new GetTenant(),
            new TenantDrift(),
            new RepairTenant(),
            new OffboardTenant(),
            new LintTenant(),
        },
        new Command("canaries", "Start canaries, follow them, decide on them")
        {
            new StartCanary(),
            new ListCanaries(),
            new GetCanary(),
            new CanaryHistory(),
            new DecideOnCanary("approve", "Approve what the canary asks for", CanaryPhase.Promoted),
            new DecideOnCanary("reject", "Reject what the canary asks for: it is taken back", CanaryPhase.RolledBack, CanaryPhase.Aborted),
            new LinkDecision(),
            new DecideOnCanary("pause", "Hold the canary where it is", CanaryPhase.Promoted),
            new DecideOnCanary("resume", "Let a held canary go on", CanaryPhase.Promoted),
            new PromoteCanary(),
            new DecideOnCanary("undo", "Give the traffic back to the version that a promotion replaced, as long as it keeps its pods", CanaryPhase.RolledBack),
            new RetryCanary(),
            new DecideOnCanary("abort", "Take the canary back now", CanaryPhase.Aborted, CanaryPhase.RolledBack),
            new LintCanary(),
        },
        new Command("freezes", "Freeze everything for a while, and lift that")
        {
            new ListFreezes(),
            new SetFreeze(),
            new LiftFreeze(),
        },
        new Command("windows", "Say when canaries may get more traffic, whosever they are")
        {
            new GetWindows(),
            new SetWindows(),
            new LiftWindows(),
        },
        new Command("mesh", "Install and show a cluster's control plane")
        {
            new EnsureMesh(),
            new GetMesh(),
        },
        new Doctor(),
        new FollowEvents(),
        new Command("instances", "Look at and control orchestration instances")
        {
            new ListInstances(),
            new GetInstance(),
            new RaiseEvent(),
            new ControlInstance("terminate", "End an instance at once, without compensation"),
            new ControlInstance("suspend", "Hold an instance: its events wait"),
            new ControlInstance("resume", "Let a suspended instance go on"),
            new ControlInstance("rewind", "Let a failed instance go on from before its failures; what succeeded is not repeated"),
            new ControlInstance("restart", "Run an instance that has ended again, with the same input"),
            new ControlInstance("requeue", "Take an instance out of its quarantine"),
            new PurgeInstance(),
            new StuckInstances(),
            new InstanceHistory(),
            new ReplayInstance(),
            new BackUpInstances(),
        },
        new Command("keys", "Make, list, rotate and take away the keys of 'orc serve', in its data directory; it need not be started again")
        {
            new ListKeys(),
            new SetKey(),
            new RotateKey(),
            new RemoveKey(),
        },
        new Command("simulate", "Run a simulated cluster, and make it misbehave")
        {
            new ServeSimulator(),
            new Command("fault", "Set or clear a fault")
            {
                new FaultVersion(),
                new FaultDeployment(),
                new FaultApi(),
            },
            new ListFaults(),
            new SetLoad(),
            new SetPropagation(),
            new ShowRequests(),
        },
    };
}
