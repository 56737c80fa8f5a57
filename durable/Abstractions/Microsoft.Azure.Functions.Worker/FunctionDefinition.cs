namespace Microsoft.Azure.Functions.Worker;

/// <summary>A function of the app.</summary>
public abstract class FunctionDefinition
{
    /// <summary>The assembly that has it.</summary>
    public abstract string PathToAssembly { get; }

    /// <summary>The method, as type and name.</summary>
    public abstract string EntryPoint { get; }

    /// <summary>Its id, which stays the same over restarts.</summary>
    public abstract string Id { get; }

    /// <summary>Its name.</summary>
    public abstract string Name { get; }
}
