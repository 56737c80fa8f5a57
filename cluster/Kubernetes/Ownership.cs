namespace Orchestrator.Cluster.Kubernetes;

/// <summary>The marks by which the orchestrator knows its own objects.</summary>
public static class Ownership
{
    /// <summary>The label of every object that the orchestrator made; its value is <see cref="Resources.FieldManager"/>.</summary>
    public const string ManagedByLabel = "app.kubernetes.io/managed-by";

    /// <summary>
    /// The label of a tenant's namespace and of the tenant's objects in it; its value is the tenant. On what somebody else made it is that one's
    /// consent: the object is handed over, and given back, not deleted, when the tenant goes.
    /// </summary>
    public const string TenantLabel = "orchestrator/tenant";

    /// <summary>The label, of value <c>true</c>, of a namespace in which nothing new starts; an admission policy goes by it.</summary>
    public const string CordonedLabel = "orchestrator/cordoned";

    /// <summary>The label, of value <c>true</c>, of a namespace that nobody may delete; an admission policy goes by it.</summary>
    public const string PreventDeletionLabel = "orchestrator/prevent-deletion";

    /// <summary>The annotation <c>{instance}/{run}</c> of an object: the run that created it, which alone may undo it.</summary>
    public const string CreatedByAnnotation = "orchestrator/created-by";

    /// <summary>The annotation of pod templates of products that makes their pods anew when it comes or goes: the revision that they were restarted for.</summary>
    public const string RestartAnnotation = "orchestrator/restarted-for-revision";

    /// <summary>The ClusterRole that every cluster has for those who administer a namespace; it allows to change neither quotas nor the namespace.</summary>
    public const string AdminRole = "admin";

    /// <summary>The annotation of a tenant's namespace that names the owner of the tenant.</summary>
    public const string OwnerAnnotation = "orchestrator/owner";
}
