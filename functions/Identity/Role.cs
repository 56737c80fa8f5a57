namespace Orchestrator.Functions.Identity;

/// <summary>What somebody may do. Each role may do all that the ones before it may.</summary>
public enum Role
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>Look.</summary>
    Reader,

    /// <summary>Start and steer canaries, update and repair tenants.</summary>
    Operator,

    /// <summary>Onboard and offboard tenants; globally also meshes and the management API.</summary>
    Admin,
}
