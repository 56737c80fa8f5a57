using Orchestrator.Simulator;

namespace Orchestrator.Functions.Tests.Tenants.Faults;

/// <summary>What is done with the tenant while the fault is there.</summary>
public enum Flow { Onboarding, Update, Offboarding }

/// <summary>How a run that meets a fault ends.</summary>
public enum Outcome
{
    /// <summary>It does what was asked, as if nothing had been.</summary>
    Completed,

    /// <summary>It says why not, and the cluster is as it was before.</summary>
    Compensated,

    /// <summary>It says why it ended, and goes on where it stood when it is asked again.</summary>
    Repeatable,
}

/// <summary>Something that an API server, or somebody else, does to a run.</summary>
/// <param name="Name">As the table names it.</param>
/// <param name="Fault">What the simulated API server does.</param>
/// <param name="Lasts">Whether it stays until the run gives the step up.</param>
public sealed record Trouble(string Name, ApiFault Fault, bool Lasts = false)
{
    private const int Often = 10_000;

    public static readonly Trouble Throttled = new("429, three times, with Retry-After", new(429, RetryAfterSeconds: 1, Count: 3));
    public static readonly Trouble Failing = new("500, eight times", new(500, Count: 8));
    public static readonly Trouble Broken = new("500, for ever", new(500, Count: Often), Lasts: true);
    public static readonly Trouble Conflict = new("409, a foreign manager", new(Count: 1) { Effect = ApiFaultEffect.Conflict });
    public static readonly Trouble LostAnswer = new("timeout after the effect", new(Count: 1) { Effect = ApiFaultEffect.LoseAnswer });
    public static readonly Trouble DroppedWatch = new("watch dropped, every time", new(Count: Often) { Effect = ApiFaultEffect.DropWatch, DelayMs = 50 });
    public static readonly Trouble SilentWatch = new("watch falls silent, every time", new(Count: Often) { Effect = ApiFaultEffect.SilenceWatch });

    /// <summary>How a run ends that meets this. A deletion that comes too late is begun anew with what is there then.</summary>
    public Outcome In(Flow flow, string verb) => (this == Broken || (this == Conflict && verb != "delete"), flow) switch
    {
        (false, _) => Outcome.Completed,
        (true, Flow.Offboarding) => Outcome.Repeatable,
        _ => Outcome.Compensated,
    };
}

/// <summary>One row of the table.</summary>
/// <param name="Flow">What is done.</param>
/// <param name="Mode">The tenant's gateway mode.</param>
/// <param name="Step">The step that the fault meets.</param>
/// <param name="Verb">The Kubernetes verb of the step's request.</param>
/// <param name="Plural">The kind that it is on.</param>
/// <param name="Trouble">What happens.</param>
/// <param name="Skip">How many such requests other steps send before.</param>
public sealed record FaultCase(Flow Flow, string Mode, string Step, string Verb, string Plural, Trouble Trouble, int Skip = 0)
{
    private static readonly Trouble[] OfReads = [Trouble.Throttled, Trouble.Failing, Trouble.Broken];
    private static readonly Trouble[] OfWrites = [.. OfReads, Trouble.Conflict, Trouble.LostAnswer];

    public static IReadOnlyList<FaultCase> All { get; } =
    [
        .. Onboarding("injection", "deployments"),
        .. Gateway(Flow.Onboarding, "istioOperator", "istiooperators"),
        .. Gateway(Flow.Onboarding, "gatewayApi", "gateways"),
        .. Of(Flow.Onboarding, "gatewayApi", "routes", "patch", "httproutes", OfWrites),
        .. Update("injection", "deployments"),
        .. Gateway(Flow.Update, "istioOperator", "istiooperators"),
        .. Offboarding("injection", "deployments"),
        .. Of(Flow.Offboarding, "istioOperator", "gateway", "delete", "istiooperators", OfWrites),
        .. Of(Flow.Offboarding, "gatewayApi", "routes", "delete", "httproutes", OfWrites),
        .. Of(Flow.Offboarding, "gatewayApi", "gateway", "delete", "gateways", OfWrites),
    ];

    /// <summary>Every fourth row, which meets every step and every trouble somewhere.</summary>
    public static IEnumerable<FaultCase> Sample => All.Where((_, index) => index % 4 == 1);

    public Outcome Outcome => Trouble.In(Flow, Verb);

    public override string ToString() => $"{Flow}, {Mode}, {Step}: {Verb} {Plural}, {Trouble.Name}";

    private static IEnumerable<FaultCase> Onboarding(string mode, string gateway) =>
    [
        .. Of(Flow.Onboarding, mode, "preflight", "get", "namespaces", OfReads),
        .. Of(Flow.Onboarding, mode, "namespace", "patch", "namespaces", OfWrites),
        .. Of(Flow.Onboarding, mode, "injection-label", "patch", "namespaces", OfWrites, skip: 1),
        .. Of(Flow.Onboarding, mode, "policies", "patch", "networkpolicies", OfWrites),
        .. Of(Flow.Onboarding, mode, "root-certificate", "list", "configmaps", OfReads),
        .. Gateway(Flow.Onboarding, mode, gateway),
        .. Of(Flow.Onboarding, mode, "subsets", "patch", "destinationrules", OfWrites),
        .. Of(Flow.Onboarding, mode, "routes", "patch", "virtualservices", OfWrites),
        .. Of(Flow.Onboarding, mode, "routes-ready", "get", "pods", OfReads),
    ];

    private static IEnumerable<FaultCase> Update(string mode, string gateway) =>
    [
        .. Of(Flow.Update, mode, "preflight", "get", "namespaces", OfReads),
        .. Of(Flow.Update, mode, "injection-label", "patch", "namespaces", OfWrites),
        .. Of(Flow.Update, mode, "policies", "patch", "resourcequotas", OfWrites),
        .. Gateway(Flow.Update, mode, gateway),
        .. Of(Flow.Update, mode, "subsets", "patch", "destinationrules", OfWrites),
        .. Of(Flow.Update, mode, "routes", "patch", "virtualservices", OfWrites),
        .. Of(Flow.Update, mode, "retired-routes", "delete", "virtualservices", OfWrites),
        .. Of(Flow.Update, mode, "retired-policies", "delete", "limitranges", OfWrites),
    ];

    private static IEnumerable<FaultCase> Offboarding(string mode, string gateway) =>
    [
        .. Of(Flow.Offboarding, mode, "routes", "delete", "virtualservices", OfWrites),
        .. Of(Flow.Offboarding, mode, "gateway", "delete", gateway, OfWrites),
        .. Of(Flow.Offboarding, mode, "namespace", "delete", "namespaces", OfWrites),
        .. Of(Flow.Offboarding, mode, "namespace", "watch", "namespaces", [Trouble.DroppedWatch, Trouble.SilentWatch]),
    ];

    private static IEnumerable<FaultCase> Gateway(Flow flow, string mode, string kind) =>
    [
        .. Of(flow, mode, "gateway", "patch", kind, OfWrites),
        .. Of(flow, mode, "gateway-ready", "list", "endpointslices", OfReads),
        .. Of(flow, mode, "gateway-ready", "watch", mode == "istioOperator" ? kind : "deployments", [Trouble.DroppedWatch, Trouble.SilentWatch]),
    ];

    private static IEnumerable<FaultCase> Of(
        Flow flow, string mode, string step, string verb, string plural, IEnumerable<Trouble> troubles, int skip = 0) =>
        troubles.Select(trouble => new FaultCase(flow, mode, step, verb, plural, trouble, skip));
}
