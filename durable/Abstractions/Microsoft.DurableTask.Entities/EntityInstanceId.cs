namespace Microsoft.DurableTask.Entities;

/// <summary>The id of a durable entity.</summary>
public readonly record struct EntityInstanceId
{
    /// <summary>Makes an id.</summary>
    /// <param name="name">The name of the entity, made lower case.</param>
    /// <param name="key">Its key.</param>
    /// <exception cref="ArgumentException">The name is empty or contains <c>@</c>.</exception>
    public EntityInstanceId(string name, string key)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentNullException.ThrowIfNull(key);
        if (name.Contains('@', StringComparison.Ordinal))
            throw new ArgumentException($"'{name}' cannot name an entity: leave out the @.", nameof(name));
        Name = name.ToLowerInvariant();
        Key = key;
    }

    /// <summary>The name of the entity, in lower case.</summary>
    public string Name { get; }

    /// <summary>The key of the entity.</summary>
    public string Key { get; }

    /// <summary>Reads an id.</summary>
    /// <param name="instanceId">The text, <c>@name@key</c>.</param>
    /// <returns>The id.</returns>
    /// <exception cref="ArgumentException">The text is no id of an entity.</exception>
    public static EntityInstanceId FromString(string instanceId)
    {
        ArgumentException.ThrowIfNullOrEmpty(instanceId);
        var second = instanceId.IndexOf('@', 1);
        return instanceId[0] == '@' && second > 1
            ? new(instanceId[1..second], instanceId[(second + 1)..])
            : throw new ArgumentException($"'{instanceId}' is no id of an entity: it must be @name@key.", nameof(instanceId));
    }

    /// <summary>The id as text.</summary>
    /// <returns><c>@name@key</c>.</returns>
    public override string ToString() => $"@{Name}@{Key}";
}
