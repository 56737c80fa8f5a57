namespace Orchestrator.Cluster.Kubernetes;

/// <summary>The marks by which the orchestrator knows its own objects.</summary>
public static class Ownership
{
    /// <summary>The label of every object that the orchestrator made; its value is <see cref="Resources.FieldManager"/>.</summary>
    public const string ManagedByLabel = "app.kubernetes.io/managed-by";

    /// <summary>The label of a tenant's namespace; its value is the tenant.</summary>
    public const string TenantLabel = "orchestrator/tenant";

    /// <summary>The annotation <c>{instance}/{run}</c> of an object: the run that created it, which alone may undo it.</summary>
    public const string CreatedByAnnotation = "orchestrator/created-by";

    /// <summary>The annotation of a tenant's namespace that names the owner of the tenant.</summary>
    public const string OwnerAnnotation = "orchestrator/owner";
}
