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
}
