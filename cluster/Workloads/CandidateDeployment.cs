using System.Text.Json.Nodes;
using Orchestrator.Cluster.Kubernetes;

namespace Orchestrator.Cluster.Workloads;

/// <summary>Makes the Deployment of a candidate from the stable version's: pure.</summary>
public static class CandidateDeployment
{
    private const string Version = "version";

    /// <summary>The candidate's manifest.</summary>
    /// <param name="stable">The stable version's Deployment.</param>
    /// <param name="service">The service; the container of that name runs the application.</param>
    /// <param name="version">The candidate's version.</param>
    /// <param name="image">The candidate's image.</param>
    /// <param name="createdBy">The run that creates it.</param>
    /// <exception cref="WorkloadException">The application's container cannot be told from the others.</exception>
    public static JsonObject From(JsonObject stable, string service, string version, string image, string createdBy)
    {
        var metadata = stable["metadata"]!.AsObject();
        var spec = stable["spec"]!.DeepClone().AsObject();
        SetLabel(spec["selector"]!.AsObject(), "matchLabels", Version, version);
        SetLabel(spec["template"]!["metadata"]!.AsObject(), "labels", Version, version);
        ApplicationContainer(spec, service, stable.Name)["image"] = image;
        var labels = metadata["labels"]?.DeepClone().AsObject() ?? [];
        if (labels.ContainsKey(Version))
        {
            labels[Version] = version;
        }

        labels[Ownership.ManagedByLabel] = Resources.FieldManager;
        return new()
        {
            ["apiVersion"] = "apps/v1",
            ["kind"] = "Deployment",
            ["metadata"] = new JsonObject
            {
                ["name"] = NameFor(stable.Name, VersionOf(stable), service, version),
                ["namespace"] = metadata["namespace"]!.DeepClone(),
                ["labels"] = labels,
                ["annotations"] = new JsonObject { [Ownership.CreatedByAnnotation] = createdBy },
            },
            ["spec"] = spec,
        };
    }

    /// <summary>The image that a Deployment's application runs.</summary>
    public static string? ImageOf(JsonObject deployment, string service) =>
        ApplicationContainer(deployment["spec"]!.AsObject(), service, deployment.Name).Text("image");

    /// <summary>The version that a Deployment's pods are labelled with.</summary>
    public static string? VersionOf(JsonObject deployment) => TemplateLabel(deployment, Version);

    /// <summary>Whether a Deployment's pods are those of a service's version.</summary>
    public static bool Is(JsonObject deployment, string service, string version) =>
        TemplateLabel(deployment, "app") == service && TemplateLabel(deployment, Version) == version;

    private static string? TemplateLabel(JsonObject deployment, string label) =>
        deployment.Text("spec", "template", "metadata", "labels", label);

    /// <summary>Follows the stable one's naming where its version ends it.</summary>
    private static string NameFor(string stableName, string? stableVersion, string service, string version) =>
        stableVersion is not null && stableName.EndsWith(stableVersion, StringComparison.Ordinal) && stableName.Length > stableVersion.Length
            ? stableName[..^stableVersion.Length] + version
            : $"{service}-{version}";

    private static JsonObject ApplicationContainer(JsonObject spec, string service, string name)
    {
        var containers = spec["template"]?["spec"]?["containers"]?.AsArray().OfType<JsonObject>().ToList() ?? [];
        return containers switch
        {
            [var only] => only,
            _ => containers.Find(container => container.Text("name") == service) ?? throw new WorkloadException(
                $"Deployment {name} has the containers {string.Join(", ", containers.Select(container => container.Text("name")))}: "
                + $"name the application's '{service}', or deploy the candidate yourself and leave 'image' out."),
        };
    }

    private static void SetLabel(JsonObject owner, string member, string label, string value)
    {
        if (owner[member] is not JsonObject labels)
        {
            owner[member] = labels = [];
        }

        labels[label] = value;
    }
}
