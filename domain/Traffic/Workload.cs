using System.Text.Json.Serialization;

namespace Orchestrator.Domain.Traffic;

/// <summary>The Deployment of one version of a service.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Replicas">The pods it asks for.</param>
/// <param name="CreatedBy">The run that created it, <c>{instance}/{run}</c>; null when it is not ours.</param>
public sealed record Workload(string Name, int Replicas, string? CreatedBy)
{
    /// <summary>What its pods are made of, as a short hash of the template.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Template { get; init; }

    /// <summary>How many of its pods are ready; null when no controller has told it.</summary>
    [JsonIgnore]
    public int? Ready { get; init; }

    /// <summary>What would tell that somebody changed it in a way that concerns a run. How many pods there are is an autoscaler's to say, unless there are none.</summary>
    [JsonIgnore]
    public string Mark => $"{Template}{(Replicas == 0 ? ":0" : "")}";

    /// <summary>What others have changed of a version's Deployment, apart from the number of its pods.</summary>
    /// <param name="ns">Its namespace.</param>
    /// <param name="before">What it was.</param>
    /// <param name="now">What it is; null when it is gone.</param>
    /// <param name="answer">What becomes of it.</param>
    public static IEnumerable<ForeignChange> Changes(string ns, Workload before, Workload? now, ForeignChangeAnswer answer)
    {
        var title = $"Deployment {ns}/{before.Name}";
        if (now is null)
        {
            yield return new(title, "", null, "", null, answer);
        }
        else if (now.Template != before.Template)
        {
            yield return new(title, "spec.template", null, before.Template, now.Template, answer);
        }

        if (now is { Replicas: 0 } && before.Replicas > 0)
        {
            yield return new(title, "spec.replicas", null, $"{before.Replicas}", "0", answer);
        }
    }
}

/// <summary>How far a version's pods are.</summary>
/// <param name="Ready">Whether all of them are up to date and ready.</param>
/// <param name="Failure">Why they never will be; null while they may.</param>
/// <param name="Seen">What was seen, for people.</param>
public sealed record WorkloadReadiness(bool Ready, string? Failure, string Seen);
