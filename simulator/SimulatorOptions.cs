namespace Orchestrator.Simulator;

/// <summary>How one simulated cluster runs.</summary>
public sealed record SimulatorOptions
{
    /// <summary>Where the cluster keeps everything: objects, certificates, token, ports, kubeconfig. Created when missing.</summary>
    public required string DataDirectory { get; init; }

    /// <summary>The loopback address of the API, of the metrics and of every nodePort. Default <c>127.0.0.1</c>.</summary>
    public string Address { get; init; } = "127.0.0.1";

    /// <summary>Port of the HTTPS API; 0, the default, takes the one used before, or a free one.</summary>
    public int ApiPort { get; init; }

    /// <summary>Port of the plain-HTTP metrics; 0, the default, takes the one used before, or a free one.</summary>
    public int MetricsPort { get; init; }

    /// <summary>The clock. Default the system's.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>How long what takes time in a real cluster takes here.</summary>
    public SimulatorDelays Delays { get; init; } = new();

    /// <summary>Whether Istio's operator (removed in 1.24) runs; without it an IstioOperator is accepted and nothing happens.</summary>
    public bool IstioOperator { get; init; } = true;

    /// <summary>Whether the cluster begins with the Sail operator. Its resources are served in any case, and have no effect without it.</summary>
    public bool SailOperator { get; init; }

    /// <summary>Where the chance of weights, errors and propagation comes from.</summary>
    public int Seed { get; init; } = 1;
}

/// <summary>How long things take in the simulated cluster; each pod takes up to half as long again.</summary>
public sealed record SimulatorDelays
{
    /// <summary>Pulling the images of a pod.</summary>
    public TimeSpan Pull { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>Starting its containers.</summary>
    public TimeSpan Start { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>Until its readiness probe succeeds.</summary>
    public TimeSpan Probe { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>Until an autoscaler looks at its target.</summary>
    public TimeSpan Autoscale { get; init; } = TimeSpan.FromMilliseconds(200);

    /// <summary>Until Istio's operator reacts to an IstioOperator; a stale <c>HEALTHY</c> stands meanwhile.</summary>
    public TimeSpan Operator { get; init; } = TimeSpan.FromMilliseconds(300);

    /// <summary>Until a load balancer has its address.</summary>
    public TimeSpan LoadBalancer { get; init; } = TimeSpan.FromMilliseconds(200);

    /// <summary>From a routing rule's write until a gateway obeys it.</summary>
    public TimeSpan Propagation { get; init; } = TimeSpan.FromMilliseconds(200);

    /// <summary>How far propagation deviates to either side, for each gateway pod and kind of rule.</summary>
    public TimeSpan PropagationSpread { get; init; } = TimeSpan.FromMilliseconds(150);
}
